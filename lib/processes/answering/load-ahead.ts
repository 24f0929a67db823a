/** Loads what pages, uploads and training need, soon after a web process is ready. Loaded only by the first request
 *  that needs them, these modules held up every other request of the process for up to a second. They are not part of
 *  the start, which they would make longer. */
import { setTimeout as sleep } from 'node:timers/promises'

/** After the start, whose other processes then have the processors. */
const AFTER_READY_MS = 1_000

export async function loadAhead(): Promise<void> {
  await sleep(AFTER_READY_MS, undefined, { ref: false })
  await import('#lib/queries/queries.ts')
  await import('../compose/compose-ingest.ts')
  await import('../compose/compose-training.ts')
}
