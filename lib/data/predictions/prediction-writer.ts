/**
 * The only code that stores predictions: those of one batch share one transaction, and each caller waits for its
 * commit. Callers know only `PredictionWriter` (prediction-types.ts); a setup
 * with a separate writing process would replace this file.
 */
import { setImmediate as nextTurn } from 'node:timers/promises'
import { DarkroomError, isDarkroomError } from '#lib/domain/errors.ts'
import { databaseBusy } from '../database/lock-retry.ts'
import type { PredictionWriter } from './prediction-types.ts'
import type { Store } from '../store.ts'
import type { NewPrediction } from '../values.ts'

const MOST_ROWS = 256
/** What may wait at a time, in rows and in bytes of images: a few seconds of a busy process while the
 *  database is locked. */
const MOST_WAITING = 16_384
const MOST_WAITING_BYTES = 64 * 1024 ** 2
/** While the database is locked, rows whose time is over leave so often: their images are written to files
 *  before each attempt. */
const LEAST_PATIENCE_MS = 250

type PendingWrite = {
  readonly prediction: NewPrediction
  readonly deadline: number
  readonly resolve: () => void
  readonly reject: (reason: unknown) => void
}

export function createPredictionWriter(
  store: Store,
): PredictionWriter & { readonly flush: () => Promise<void> } {
  const { database } = store
  let waiting: PendingWrite[] = []
  let bytes = 0 // of the images of all that were not yet answered
  let rows = 0
  let written = 0
  let refused = 0
  let writing: Promise<void> | null = null // null exactly when no pass will read `waiting` again

  /** One at a time: while a transaction is written, the next one gathers. */
  async function writeAll(): Promise<void> {
    while (waiting.length > 0) {
      if (waiting.length < MOST_ROWS) await restOfBatch()
      const batch = waiting.slice(0, MOST_ROWS)
      waiting = waiting.slice(MOST_ROWS)
      await commit(
        store,
        batch.map((row) => row.prediction),
        patienceOf(batch[0]!),
      ).then(
        () => batch.forEach((row) => row.resolve()),
        (error: unknown) => (isLock(error) ? keepWaiting(batch, error) : commitAlone(batch)),
      )
    }
    writing = null
  }

  const patienceOf = ({ deadline }: PendingWrite): number =>
    Math.max(deadline - performance.now(), LEAST_PATIENCE_MS)

  /**
   * Those whose time has passed get the lock error; the others keep waiting, ahead of later ones. Gives the event loop
   * a turn: the next attempt may be refused at once.
   */
  function keepWaiting(batch: readonly PendingWrite[], error: unknown): Promise<void> {
    const now = performance.now()
    const all = [...batch, ...waiting]
    waiting = all.filter((row) => row.deadline > now)
    for (const row of all) if (row.deadline <= now) row.reject(error)
    return nextTurn()
  }

  /** A row that cannot be written, say of a classifier that was just deleted, does not take its company
   *  along. */
  async function commitAlone(batch: readonly PendingWrite[]): Promise<void> {
    for (const row of batch)
      await commit(store, [row.prediction], patienceOf(row)).then(row.resolve, (error: unknown) =>
        row.reject(database.explain(error)),
      )
  }

  const record = (prediction: NewPrediction): Promise<void> =>
    new Promise((resolve, reject) => {
      const sizeBytes = prediction.image?.bytes.length ?? 0
      if (rows > 0 && (rows >= MOST_WAITING || bytes + sizeBytes > MOST_WAITING_BYTES)) {
        refused += 1
        const isLocked = database.writingState().lockedForMs !== null
        return reject(isLocked ? databaseBusy(database.patienceMs) : tooMany(rows))
      }
      rows += 1
      bytes += sizeBytes
      const leave = (): void => {
        rows -= 1
        bytes -= sizeBytes
      }
      waiting.push({
        prediction,
        deadline: performance.now() + database.patienceMs,
        resolve() {
          leave()
          written += 1
          resolve()
        },
        reject(reason) {
          leave()
          refused += 1
          reject(reason)
        },
      })
      writing ??= writeAll()
    })

  return {
    record,
    figures: () => ({ waiting: rows, waitingBytes: bytes, written, refused }),
    flush: async () => {
      await writing
    },
  }
}

/** Predictions of a batch come one after another in the same run of the microtask queue, which this waits for. */
const restOfBatch = (): Promise<void> => new Promise((resolve) => process.nextTick(resolve))

const isLock = (error: unknown): boolean => isDarkroomError(error) && error.code === 'database_busy'

const tooMany = (waiting: number): DarkroomError =>
  new DarkroomError('overloaded', {
    what: 'This prediction was not stored',
    why: `${waiting} others are waiting to be written`,
    remedy: 'Try again in a second, or send fewer at a time.',
  })

async function commit(
  { statements, settings, stage }: Store,
  predictions: readonly NewPrediction[],
  patienceMs: number,
): Promise<void> {
  const staging = stage(predictions.flatMap((prediction) => prediction.image ?? []))
  const files = staging instanceof Promise ? await staging : staging
  await files.cleanUpAfter(() =>
    statements.predictions.insert(predictions, { files, quotaBytes: settings.anonymousBytes, patienceMs }),
  )
}
