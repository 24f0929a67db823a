/** What keeps a product that makes predictions from being well: a locked database, a disk without room. In
 *  sentences for health and pages, and as the reason why a stranger's prediction is not stored. It mends
 *  nothing. */
import type { Data } from '#lib/data/data.ts'
import type { DiskLevel, DiskState } from './disk.ts'

/** Web processes write several times a second: a lock that has refused all of them for so long is not one of
 *  ours. */
const LOCK_WORTH_TELLING_MS = 500
/** A write that found no room is remembered so long: at a full disk, small ones succeed now and then. */
const FULL_REMEMBERED_MS = 10_000

export type Troubles = {
  /** Empty where all is well. */
  readonly sentences: () => readonly string[]
  /** Why the prediction of a stranger is not stored now; null: it is. */
  readonly anonymousSaveHindrance: () => string | null
}

export function createTroubles({
  writingState,
  disks,
}: Pick<Data, 'writingState'> & { readonly disks: () => readonly DiskState[] }): Troubles {
  const isLocked = ({ lockedForMs }: ReturnType<Data['writingState']>): boolean =>
    lockedForMs !== null && lockedForMs >= LOCK_WORTH_TELLING_MS
  const foundNoRoom = ({ diskFullMsAgo }: ReturnType<Data['writingState']>): boolean =>
    diskFullMsAgo !== null && diskFullMsAgo < FULL_REMEMBERED_MS

  return {
    sentences() {
      const state = writingState()
      const seen = disks()
      const knowsItIsFull = seen.some((disk) => disk.level === 'full')
      return [
        ...(isLocked(state) ? [lockSentence(state.lockedForMs!)] : []),
        ...(foundNoRoom(state) && !knowsItIsFull
          ? [
              'The disk that holds DATA_DIR is full, or the disk quota of the current user is used up: ' +
                'the last write failed.',
            ]
          : []),
        ...seen.flatMap((disk) => DISK_WORDS[disk.level]?.(disk) ?? []),
      ]
    },
    anonymousSaveHindrance() {
      const state = writingState()
      if (isLocked(state)) return 'another program has locked the database'
      const hasNoRoom =
        foundNoRoom(state) || disks().some(({ level }) => level === 'full' || level === 'reserve')
      return hasNoRoom ? 'the disk has no space left for anonymous predictions' : null
    },
  }
}

const lockSentence = (forMs: number): string =>
  `Another program has locked the database for ${(forMs / 1000).toFixed(1)} s. Pages and predictions ` +
  'without history work, but nothing can be stored until the lock is released.'

const megabytes = (bytes: number): string => `${Math.round(bytes / 1024 ** 2).toLocaleString('en')} MB`
const roomOf = ({ freeBytes, totalBytes }: DiskState): string =>
  `${megabytes(freeBytes)} of ${megabytes(totalBytes)} are free`

const DISK_WORDS: Readonly<Partial<Record<DiskLevel, (disk: DiskState) => string>>> = {
  nearly_full: (disk) => `The disk that holds ${disk.holds} is nearly full: ${roomOf(disk)}.`,
  reserve: (disk) =>
    `The disk that holds ${disk.holds} is nearly full: ${roomOf(disk)}. Anonymous predictions are ` +
    'made but not stored.',
  full: (disk) =>
    `The disk that holds ${disk.holds} is full: ${roomOf(disk)}. Nothing can be stored; anonymous ` +
    'predictions are made without history.',
}
