/** How much room the disks of DATA_DIR have, looked at now and again and remembered, in levels that others
 *  act on. It frees nothing. */
import { stat, statfs } from 'node:fs/promises'

const MIB = 1024 ** 2
/** Below both of a level's numbers a disk is at that level: a share alone is much of a large disk, bytes
 *  alone are all of a small one. */
export const NEARLY_FULL = { share: 0.05, bytes: 1024 * MIB } as const
/** What is left for people: strangers' predictions are not stored any more. */
export const RESERVE = { share: 0.02, bytes: 200 * MIB } as const
/** Room that SQLite needs for one transaction and its write-ahead log. */
export const FULL_BYTES = 4 * MIB

export type DiskLevel = 'enough' | 'nearly_full' | 'reserve' | 'full'
export type DiskState = {
  /** What it holds, by the name of a setting: health is read by strangers, and no path is theirs. */
  readonly holds: string
  readonly freeBytes: number
  readonly totalBytes: number
  readonly level: DiskLevel
}

export type DiskWatch = {
  /** To be called about each second. */
  readonly look: () => Promise<void>
  /** As of the last look, a disk once; nothing before the first. */
  readonly disks: () => readonly DiskState[]
}

/** `folders`: by what stands in them, in the words of health. */
export function watchDisks(folders: Readonly<Record<string, string>>): DiskWatch {
  let latest: readonly DiskState[] = []
  return {
    disks: () => latest,
    async look() {
      const found = new Map<number, DiskState>()
      for (const [holds, folder] of Object.entries(folders)) {
        const { dev } = await stat(folder)
        if (!found.has(dev)) found.set(dev, stateOf(holds, await statfs(folder)))
      }
      latest = [...found.values()]
    },
  }
}

type Room = { readonly bsize: number; readonly blocks: number; readonly bavail: number }

export function stateOf(holds: string, { bsize, blocks, bavail }: Room): DiskState {
  const [freeBytes, totalBytes] = [bavail * bsize, blocks * bsize]
  return { holds, freeBytes, totalBytes, level: levelOf(freeBytes, totalBytes) }
}

function levelOf(free: number, total: number): DiskLevel {
  const isBelow = ({ share, bytes }: { readonly share: number; readonly bytes: number }): boolean =>
    free < share * total && free < bytes
  if (total === 0) return 'enough' // a file system without a size of its own says so
  if (free < Math.min(FULL_BYTES, RESERVE.share * total)) return 'full'
  if (isBelow(RESERVE)) return 'reserve'
  return isBelow(NEARLY_FULL) ? 'nearly_full' : 'enough'
}
