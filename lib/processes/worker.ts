/** The worker: does what is queued, one training at a time, and leaves what it cannot finish to the next one.
 *  It answers no request. */
import type { FromManaged, ToManaged } from '#lib/contracts/ipc.ts'
import { composeWorker } from './compose-worker.ts'
import { giveBackGarbage } from './give-back.ts'
import { openLogOf } from './log-of.ts'
import { readStart } from './settings.ts'

giveBackGarbage()
const start = readStart()
const log = openLogOf(start, 'worker')
const worker = await composeWorker(start, log)

let ending: Promise<void> | undefined
const end = () => (ending ??= worker.end().then(() => process.exit(0)))
process.on('message', (message: ToManaged) => {
  if (message.kind === 'stop') void end()
})
process.on('SIGTERM', () => void end())
// from a terminal they reach the whole family; the supervisor says when
for (const signal of ['SIGINT', 'SIGHUP'] as const) process.on(signal, () => {})
process.on('disconnect', () => void end())
process.send?.({ kind: 'started', remarks: [] } satisfies FromManaged)

try {
  await worker.ended
} catch (error) {
  log('error', 'The worker cannot continue', { error })
  process.exit(1)
}
