/**
 * Free space of the disks of DATA_DIR, and free entries for files (inodes), measured periodically, in levels
 * that other parts act on. It frees nothing.
 */
import { stat, statfs } from 'node:fs/promises'

const MIB = 1024 ** 2
/**
 * A disk is at a level when it is below both of its numbers: a share alone is much of a large disk, bytes
 * alone are all of a small one.
 */
export const NEARLY_FULL = { share: 0.05, bytes: 1024 * MIB } as const
/** Reserved for users: anonymous predictions are not stored below it. */
export const RESERVE = { share: 0.02, bytes: 200 * MIB } as const
/** Space that SQLite needs for one transaction and its write-ahead log. */
export const FULL_BYTES = 4 * MIB
/** The same levels for entries of files: a disk of many small files runs out of them before it has no space. */
const NEARLY_FULL_FILES = { share: 0.05, files: 10_000 } as const
const RESERVE_FILES = { share: 0.02, files: 1_000 } as const
/** For the parts and the journal of one transaction. */
const FULL_FILES = 16

const LEVELS = ['enough', 'nearly_full', 'reserve', 'full'] as const
export type DiskLevel = (typeof LEVELS)[number]
export type DiskState = {
  /** What is on the disk, by the name of a setting: health is public and must not show a path. */
  readonly holds: string
  readonly freeBytes: number
  readonly totalBytes: number
  readonly freeFiles: number
  /** 0 where the file system does not limit them. */
  readonly totalFiles: number
  readonly level: DiskLevel
  /** What is scarce at this level. */
  readonly lacks: 'space' | 'files'
}

export type DiskWatch = {
  /** To be called about every second. */
  readonly measure: () => Promise<void>
  /** The result of the last measurement, each disk once; empty before the first. */
  readonly disks: () => readonly DiskState[]
}

/** `folders`: by their purpose, as health names it. */
export function watchDisks(folders: Readonly<Record<string, string>>): DiskWatch {
  let latest: readonly DiskState[] = []
  return {
    disks: () => latest,
    async measure() {
      const measured = new Map<number, DiskState>()
      for (const [holds, folder] of Object.entries(folders)) {
        const { dev } = await stat(folder)
        if (!measured.has(dev)) measured.set(dev, stateOf(holds, await statfs(folder)))
      }
      latest = [...measured.values()]
    },
  }
}

type FreeSpace = {
  readonly bsize: number
  readonly blocks: number
  readonly bavail: number
  readonly files: number
  readonly ffree: number
}

export function stateOf(holds: string, { bsize, blocks, bavail, files, ffree }: FreeSpace): DiskState {
  const [freeBytes, totalBytes] = [bavail * bsize, blocks * bsize]
  const bySpace = levelOfSpace(freeBytes, totalBytes)
  const byFiles = levelOfFiles(ffree, files)
  const isShortOfFiles = LEVELS.indexOf(byFiles) > LEVELS.indexOf(bySpace)
  return {
    holds,
    freeBytes,
    totalBytes,
    freeFiles: ffree,
    totalFiles: files,
    level: isShortOfFiles ? byFiles : bySpace,
    lacks: isShortOfFiles ? 'files' : 'space',
  }
}

function levelOfSpace(free: number, total: number): DiskLevel {
  const isBelow = ({ share, bytes }: { readonly share: number; readonly bytes: number }): boolean =>
    free < share * total && free < bytes
  if (total === 0) return 'enough' // a file system without a fixed size reports 0
  if (free < Math.min(FULL_BYTES, RESERVE.share * total)) return 'full'
  if (isBelow(RESERVE)) return 'reserve'
  return isBelow(NEARLY_FULL) ? 'nearly_full' : 'enough'
}

function levelOfFiles(free: number, total: number): DiskLevel {
  const isBelow = ({ share, files }: { readonly share: number; readonly files: number }): boolean =>
    free < share * total && free < files
  if (total === 0) return 'enough' // a file system that creates entries as it needs them reports 0
  if (free < Math.min(FULL_FILES, RESERVE_FILES.share * total)) return 'full'
  if (isBelow(RESERVE_FILES)) return 'reserve'
  return isBelow(NEARLY_FULL_FILES) ? 'nearly_full' : 'enough'
}
