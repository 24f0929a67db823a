/**
 * The last step of a restore: renames that a list in DATA_DIR describes. The restore performs them, or the
 * next start where it was killed. It copies nothing and decides nothing.
 */
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import path from 'node:path'
import { restoreRecord, swapPlan, type RestoreRecord, type SwapPlan } from '#lib/contracts/backups.ts'
import { IN_USE_LOCK, lockAlone } from '#lib/data/database/file-lock.ts'
import { DarkroomError } from '#lib/domain/errors.ts'

/** In DATA_DIR: the renames to perform, the restored files, and which backup was restored when. */
export const SWAP = '.restoring.json'
export const STAGED = '.restoring'
export const RECORD = '.restored.json'

/**
 * Each start calls this before it opens anything: it completes a restore that was killed during the swap,
 * and removes the files of one that was killed before. Throws while a restore is in progress.
 */
export function finishRestore(dataDir: string): void {
  if (!existsSync(path.join(dataDir, SWAP)) && !existsSync(path.join(dataDir, STAGED))) return
  const lock = lockAlone(path.join(dataDir, IN_USE_LOCK))
  if (!lock)
    throw new DarkroomError('conflict', {
      what: 'Darkroom cannot start',
      why: `a backup is being restored to ${dataDir}`,
      remedy: 'Start it when the restore is complete.',
    })
  try {
    settleRestore(dataDir)
  } finally {
    lock.release()
  }
}

/** The last restore, while the data from before it still exists. */
export function lastRestore(dataDir: string): RestoreRecord | null {
  const file = path.join(dataDir, RECORD)
  const record = existsSync(file)
    ? restoreRecord.safeParse(jsonOf(readFileSync(file, 'utf8'))).data
    : undefined
  return record?.aside && existsSync(record.aside) ? record : null
}

/** Performs the remaining renames. One that fails reverts all of them. */
export function settleRestore(dataDir: string): void {
  const file = path.join(dataDir, SWAP)
  if (existsSync(file)) {
    const swap = swapPlan.safeParse(jsonOf(readFileSync(file, 'utf8'))).data
    if (!swap)
      throw new DarkroomError('file_damaged', {
        what: 'A restore cannot be completed',
        why: `${file} cannot be read`,
        remedy: `Restore again: npm run restore -- --from DIR.`,
      })
    const { moves } = swap
    let done = doneOf(moves)
    try {
      for (; done < moves.length; done += 1) moveNow(moves[done]!)
    } catch (error) {
      for (const move of moves.slice(0, done).toReversed()) renameSync(move.to, move.from)
      rmSync(file)
      rmSync(path.join(dataDir, STAGED), { recursive: true, force: true })
      throw error
    }
    rmSync(file)
  }
  rmSync(path.join(dataDir, STAGED), { recursive: true, force: true })
}

type Move = SwapPlan['moves'][number]

/**
 * How many of the renames are done. They are done in order, so the last completed one shows it: a later
 * rename may have created a file under the name that an earlier one moved away, and moving it again would
 * lose the previous data.
 */
const doneOf = (moves: readonly Move[]): number =>
  moves.findLastIndex(({ from, to }) => !existsSync(from) && existsSync(to)) + 1

function moveNow({ from, to }: Move): void {
  mkdirSync(path.dirname(to), { recursive: true, mode: 0o700 })
  renameSync(from, to)
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
