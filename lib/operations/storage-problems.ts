/**
 * Storage problems of a product that still predicts: a locked database, a disk without space. As sentences
 * for health and pages, and as the reason why an anonymous prediction is not stored. It repairs nothing.
 */
import type { Data } from '#lib/data/data.ts'
import type { DiskLevel, DiskState } from './disk.ts'
import { megabytes } from '#lib/domain/text/size-text.ts'

/**
 * Web processes write several times a second: a lock that has refused all of them for this long is held by
 * another program.
 */
const LOCK_PROBLEM_MS = 500
/** How long a write that found no space counts: on a full disk, small writes succeed now and then. */
const FULL_REMEMBERED_MS = 10_000

export type Troubles = {
  /** Empty where there is no problem. */
  readonly sentences: () => readonly string[]
  /** Why an anonymous prediction is not stored now; null: it is. */
  readonly anonymousSaveHindrance: () => string | null
}

export function createTroubles({
  writingState,
  disks,
}: Pick<Data, 'writingState'> & { readonly disks: () => readonly DiskState[] }): Troubles {
  const isLocked = ({ lockedForMs }: ReturnType<Data['writingState']>): boolean =>
    lockedForMs !== null && lockedForMs >= LOCK_PROBLEM_MS
  const hasFailedForSpace = ({ diskFullMsAgo }: ReturnType<Data['writingState']>): boolean =>
    diskFullMsAgo !== null && diskFullMsAgo < FULL_REMEMBERED_MS

  return {
    sentences() {
      const state = writingState()
      const current = disks()
      const isReportedFull = current.some((disk) => disk.level === 'full')
      return [
        ...(isLocked(state) ? [lockSentence(state.lockedForMs!)] : []),
        ...(hasFailedForSpace(state) && !isReportedFull
          ? [
              'The disk that holds DATA_DIR is full, or the disk quota of the current user is used up: ' +
                'the last write failed.',
            ]
          : []),
        ...current.flatMap((disk) => DISK_WORDS[disk.level]?.(disk) ?? []),
      ]
    },
    anonymousSaveHindrance() {
      const state = writingState()
      if (isLocked(state)) return 'another program has locked the database'
      const isOutOfSpace =
        hasFailedForSpace(state) || disks().some(({ level }) => level === 'full' || level === 'reserve')
      return isOutOfSpace ? 'the disk has no space left for anonymous predictions' : null
    },
  }
}

const lockSentence = (forMs: number): string =>
  `Another program has locked the database for ${(forMs / 1000).toFixed(1)} s. Pages and predictions ` +
  'without history work, but nothing can be stored until the lock is released.'

const freeSpaceOf = ({ freeBytes, totalBytes, freeFiles, totalFiles, lacks }: DiskState): string =>
  lacks === 'files'
    ? `it has space, but each file needs an inode, and only ${freeFiles.toLocaleString('en')} of its ` +
      `${totalFiles.toLocaleString('en')} are free`
    : `${megabytes(freeBytes)} of ${megabytes(totalBytes)} are free`

const DISK_WORDS: Readonly<Partial<Record<DiskLevel, (disk: DiskState) => string>>> = {
  nearly_full: (disk) => `The disk that holds ${disk.holds} is nearly full: ${freeSpaceOf(disk)}.`,
  reserve: (disk) =>
    `The disk that holds ${disk.holds} is nearly full: ${freeSpaceOf(disk)}. Anonymous predictions are ` +
    'made but not stored.',
  full: (disk) =>
    `The disk that holds ${disk.holds} is full: ${freeSpaceOf(disk)}. ` +
    `${disk.lacks === 'files' ? 'No new file' : 'Nothing'} can be stored; anonymous predictions are made ` +
    'without history.',
}
