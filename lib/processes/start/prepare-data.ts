/**
 * Prepares the data before any process opens it: migrations, shipped versions, a setup token while there is
 * no admin.
 */
import { mkdirSync, rmSync } from 'node:fs'
import path from 'node:path'
import { setupTokenOf } from '#lib/auth/auth.ts'
import type { PrepareMessage } from '#lib/contracts/ipc.ts'
import type { Data } from '#lib/data/data.ts'
import { composeData } from '../compose/compose-data.ts'
import { isRunning, sweepLeftovers } from '#lib/operations/partial-files.ts'
import { isShared, secretPlace } from '../compose/secret-place.ts'
import type { Start } from '../settings.ts'

/** A start waits rather than fails while another program has locked the database. */
const WRITE_PATIENCE_MS = 60_000

export async function prepareData(start: Start): Promise<Extract<PrepareMessage, { kind: 'prepared' }>> {
  const { places, settings } = start
  if (settings.ROLE === 'all') emptyScratch(places.scratchDir)
  const isAlone = settings.ROLE === 'all'
  if (settings.ROLE !== 'web') await sweepLeftovers({ dataDir: places.dataDir, isAlone, now: Date.now() })
  const data = await composeData(start, { patienceMs: WRITE_PATIENCE_MS })
  try {
    const { refused } = await data.syncShipped()
    // `npm run dataset` in another terminal may continue. Our own id may have been that of a dead process:
    // in containers ids repeat.
    // Where hosts share the database, those of silent web processes are swept while the worker runs.
    if (settings.ROLE === 'all' && !isShared(places))
      await data.uploads.sweepUnfinished((pid) => pid !== process.pid && isRunning(pid))
    return {
      kind: 'prepared',
      // Of several starts on one folder, the one with the worker prints it.
      setupToken: settings.ROLE === 'web' ? null : await setupTokenOf(data.people, secretPlace(start, data)),
      remarks: [
        ...migrationRemarks(data),
        ...refused.map(
          ({ folder, reason }) =>
            `A shipped version is ignored: ${path.relative(places.modelsDir, folder)}: ${reason}`,
        ),
      ],
    }
  } finally {
    await data.close()
  }
}

const migrationRemarks = ({ migrated: { applied, copy } }: Pick<Data, 'migrated'>): readonly string[] =>
  copy === null
    ? []
    : [`The database was migrated (${applied.join(', ')}). A copy of the previous database is at ${copy}.`]

/** Where other starts share the folder, their files may be in it. */
function emptyScratch(folder: string): void {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
}
