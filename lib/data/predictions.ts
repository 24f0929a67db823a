/** Transacting down answered pictures: what comes within a few milliseconds shares one transaction, and each waits for its own to be committed. */
import { setImmediate as nextTurn, setTimeout as wait } from 'node:timers/promises'
import type { Transacting } from './connection.ts'
import type { Predictions } from './data.ts'
import { insertPicture, layDown } from './pictures.ts'
import type { LaidDown } from './pictures.ts'
import { countPredictions, predictionsSince } from './prediction-counts.ts'
import type { Store } from './store.ts'
import type { NewPicture, NewPrediction } from './values.ts'

/** How long a transaction gathers rows while they come in numbers; one that comes alone does not wait. */
const GATHER_MS = 2
const MOST_ROWS = 256

type Waiting = { readonly prediction: NewPrediction; readonly resolve: () => void; readonly reject: (reason: unknown) => void }

export function predictionsOf(store: Store): Predictions & { readonly flush: () => Promise<void> } {
  let waiting: Waiting[] = []
  let writing: Promise<void> | null = null // null exactly when nobody will look at `waiting` again
  let lastRows = 1

  /** One at a time: while a transaction is written, the next one gathers. */
  async function writeAll(): Promise<void> {
    while (waiting.length > 0) {
      if (waiting.length < MOST_ROWS) await (lastRows === 1 ? nextTurn() : wait(GATHER_MS))
      const rows = waiting.slice(0, MOST_ROWS)
      lastRows = rows.length
      waiting = waiting.slice(MOST_ROWS)
      await commit(store, rows.map((row) => row.prediction)).then(
        () => rows.forEach((row) => row.resolve()),
        () => commitAlone(store, rows),
      )
    }
    writing = null
  }

  return {
    record: (prediction) => new Promise((resolve, reject) => {
      waiting.push({ prediction, resolve, reject })
      writing ??= writeAll()
    }),
    flush: async () => { await writing },
    countSince: async (classifierId, since) => predictionsSince(store.connection, classifierId, since),
  }
}

async function commit({ connection, settings, id }: Store, predictions: readonly NewPrediction[]): Promise<void> {
  const files = await layDown(settings.dataDir, predictions.flatMap((prediction) => prediction.picture ?? []), id)
  await files.whileKept(() => connection.write((writing) => {
    for (const prediction of predictions) insertPrediction(writing, prediction, files)
    countPredictions(writing, predictions)
  }))
}

/** A row that cannot be written, say of a classifier that was just deleted, does not take its company along. */
async function commitAlone(store: Store, rows: readonly Waiting[]): Promise<void> {
  for (const { prediction, resolve, reject } of rows) await commit(store, [prediction]).then(resolve, reject)
}

/** The version may have been deleted while the answer was on its way: then its name alone is kept. */
const INSERT = `INSERT INTO "Prediction" ("id", "classifierId", "versionId", "version", "engine", "predictedClass", "predictedIndex", "confidence", "probabilitiesJson",
  "decision", "candidatesJson", "familiarity", "filename", "width", "height", "pictureHash", "decodeMs", "queueMs", "inferenceMs", "totalMs", "createdAt")
  VALUES (?, ?, (SELECT "id" FROM "Version" WHERE "id" = ?), ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`

function insertPrediction(writing: Transacting, p: NewPrediction, files: LaidDown): void {
  if (p.picture) insertPicture(writing, pictureOf(p, p.picture), files)
  writing.run(INSERT, p.id, p.classifierId, p.versionId, p.version, p.engine, p.predictedClass, p.predictedIndex, p.confidence, JSON.stringify(p.probabilities),
    p.decision, p.candidates && JSON.stringify(p.candidates), p.familiarity, p.filename, p.width, p.height, p.picture?.hash ?? null, p.decodeMs, p.queueMs, p.inferenceMs, p.totalMs, p.createdAt)
}

const pictureOf = ({ width, height }: NewPrediction, picture: NonNullable<NewPrediction['picture']>): NewPicture => ({ ...picture, width, height })
