/** What must be so before anybody opens the data: migrated, shipped versions known, a token while there is no admin. */
import { mkdirSync, rmSync } from 'node:fs'
import path from 'node:path'
import { setupTokenOf } from '#lib/auth/auth.ts'
import type { FromPreparing } from '#lib/contracts/ipc.ts'
import { composeData } from './compose-data.ts'
import type { Start } from './settings.ts'

export async function prepareData(start: Start): Promise<Extract<FromPreparing, { kind: 'prepared' }>> {
  const { places, settings } = start
  if (settings.ROLE === 'all') emptyScratch(places.scratchDir)
  const data = await composeData(start)
  try {
    const { refused } = await data.syncShipped()
    if (settings.ROLE === 'all') await data.uploads.sweepUnfinished(livesBesideUs)
    return {
      kind: 'prepared',
      // Of several starts on one folder, the one with the worker says it.
      setupToken: settings.ROLE === 'web' ? null : await setupTokenOf(data.people, places.dataDir),
      remarks: refused.map(({ folder, reason }) => `A shipped version is left out: ${path.relative(places.modelsDir, folder)}: ${reason}`),
    }
  } finally {
    await data.close()
  }
}

/** Such as `npm run dataset` in another terminal. Our own number may have been the dead one's: process ids come again, in containers at each start. */
function livesBesideUs(pid: number): boolean {
  if (pid === process.pid) return false
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

/** Where others share the folder, theirs may be in it. */
function emptyScratch(folder: string): void {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
}
