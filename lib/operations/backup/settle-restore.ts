/** The last step of a restore: renames that a list in DATA_DIR describes. Done by the restore itself, or by
 *  the next start where it was killed. It copies nothing and decides nothing. */
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import path from 'node:path'
import { restoreRecord, swapPlan, type RestoreRecord, type SwapPlan } from '#lib/contracts/backups.ts'
import { IN_USE_LOCK, lockAlone } from '#lib/data/file-lock.ts'
import { DarkroomError } from '#lib/domain/errors.ts'

/** In DATA_DIR: the renames that are to be made, the files that come in, and what was restored when. */
export const SWAP = '.restoring.json'
export const STAGED = '.restoring'
export const RECORD = '.restored.json'

/** To be called by each start before it opens anything: completes a restore that was killed while it swapped,
 *  and clears away one that was killed before. Throws while a restore is under way. */
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

/** What was restored last, while the data from before it is still there. */
export function restoreToTell(dataDir: string): RestoreRecord | null {
  const file = path.join(dataDir, RECORD)
  const record = existsSync(file)
    ? restoreRecord.safeParse(jsonOf(readFileSync(file, 'utf8'))).data
    : undefined
  return record?.aside && existsSync(record.aside) ? record : null
}

/** Does the renames that are still to be done. One that fails takes all back. */
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

/** How many of the renames were done before. They are done in order, so that the last one shows it: what an
 *  earlier one took away, a later one may have put back under the same name, and taking it away again would
 *  lose what lies aside. */
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
