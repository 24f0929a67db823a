/**
 * Predictions written by the thousand: with node:sqlite 33,000 rows per second, each in a transaction of its own, and
 * 109,000 in transactions of a hundred; with Prisma 4,300 (docs/decisions/0004-sqlite-adapter.md), in processes that
 * never load Prisma (docs/decisions/0037-prisma-on-first-use.md). Rows of prediction jobs too: single predictions wait
 * while they are written (docs/decisions/0039-prediction-jobs.md). Reading and deleting go through Prisma
 * (../predictions).
 */
import type { Connection, TransactionScope } from '../database/connection.ts'
import type { Prisma } from '../generated/client.ts'
import type { StagedImages } from '../images/staged-images.ts'
import { sumsOf } from '../predictions/prediction-counts.ts'
import type { PredictionStatements } from '../statements.ts'
import type { NewImage, NewPrediction } from '../values.ts'
import { insertImage } from './image-statements.ts'

/** The version may have been deleted during the prediction: then only its name is stored. */
const INSERT = `INSERT INTO "Prediction" ("id", "classifierId", "versionId", "version", "engine",
  "predictedClass", "predictedIndex", "confidence", "probabilitiesJson", "decision", "candidatesJson",
  "familiarity", "filename", "width", "height", "pictureHash",
  "decodeMs", "queueMs", "inferenceMs", "totalMs", "createdAt", "isAnonymous")
  VALUES (?, ?, (SELECT "id" FROM "Version" WHERE "id" = ?), ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`
const ADD =
  'ON CONFLICT DO UPDATE SET "count" = "count" + excluded."count", "confidenceSum" = "confidenceSum" + ' +
  'excluded."confidenceSum"'
const ADD_TO_CLASS = `INSERT INTO "ClassCount" ("classifierId", "predictedClass", "count", "confidenceSum")
  VALUES (?, ?, ?, ?) ${ADD}`
const ADD_TO_DAY = `INSERT INTO "DayCount" ("classifierId", "day", "bin", "count", "confidenceSum")
  VALUES (?, ?, ?, ?, ?) ${ADD}`
const ANONYMOUS = `SELECT "images", "bytes" FROM "StorageSum" WHERE "name" = 'anonymous'`

type StoredSum = { readonly images: number; readonly bytes: number }
type JobProgress = Pick<Prisma.PredictionJobModel, 'done' | 'failed' | 'countsJson' | 'jobId'>

export const predictionStatements = ({
  one,
  write,
  append,
}: Pick<Connection, 'one' | 'write' | 'append'>): PredictionStatements => ({
  insert: (
    predictions: readonly NewPrediction[],
    how: {
      readonly files: StagedImages
      /** Of images of anonymous clients. */
      readonly quotaBytes: number | undefined
      readonly patienceMs: number
    },
  ) =>
    append((writing) => {
      for (const prediction of predictions) insertPrediction(writing, prediction, how)
      countPredictions(writing, predictions)
    }, how.patienceMs),
  anonymousImages: async (): Promise<StoredSum> => one<StoredSum>(ANONYMOUS) ?? { images: 0, bytes: 0 },
  /** False: the first of the rows is not the next one. */
  appendToJob: (
    id: string,
    {
      rows,
      latest,
      countsWith,
    }: {
      readonly rows: readonly Prisma.PredictionJobRowModel[]
      readonly latest: { readonly engine: string; readonly precision: string } | null
      readonly countsWith: (countsJson: string) => { readonly countsJson: string; readonly failed: number }
    },
  ) =>
    write((writing) => {
      const before = writing.one<JobProgress>(
        'SELECT "done", "failed", "countsJson", "jobId" FROM "PredictionJob" WHERE "id" = ?',
        id,
      )
      if (before === undefined || before.done !== rows[0]?.position) return false
      const { countsJson, failed } = countsWith(before.countsJson)
      for (const row of rows) writing.insert('PredictionJobRow', row)
      writing.run(
        `UPDATE "PredictionJob" SET "done" = ?, "failed" = ?, "countsJson" = ?,
          "engine" = coalesce(?, "engine"), "precision" = coalesce(?, "precision") WHERE "id" = ?`,
        before.done + rows.length,
        before.failed + failed,
        countsJson,
        latest?.engine ?? null,
        latest?.precision ?? null,
        id,
      )
      // A job that makes progress is not one that ends its process each time.
      if (before.jobId !== null) writing.run('UPDATE "Job" SET "attempt" = 1 WHERE "id" = ?', before.jobId)
      return true
    }),
})

function insertPrediction(
  writing: TransactionScope,
  p: NewPrediction,
  { files, quotaBytes }: { readonly files: StagedImages; readonly quotaBytes: number | undefined },
): void {
  const image = isWithinQuota(writing, p, quotaBytes) ? p.image : null
  if (image)
    insertImage(writing, imageOf(p, image), { files, anonymousAt: p.isAnonymous ? p.createdAt : undefined })
  writing.run(
    INSERT,
    p.id,
    p.classifierId,
    p.versionId,
    p.version,
    p.engine,
    p.predictedClass,
    p.predictedIndex,
    p.confidence,
    JSON.stringify(p.probabilities),
    p.decision,
    p.candidates && JSON.stringify(p.candidates),
    p.familiarity,
    p.filename,
    p.width,
    p.height,
    image?.hash ?? null,
    p.decodeMs,
    p.queueMs,
    p.inferenceMs,
    p.totalMs,
    p.createdAt,
    p.isAnonymous,
  )
}

const imageOf = ({ width, height }: NewPrediction, image: NonNullable<NewPrediction['image']>): NewImage => ({
  ...image,
  width,
  height,
})

/**
 * Images of anonymous clients above their quota are not stored, their predictions are; the worker frees
 * space by dropping the oldest (../predictions/retention.ts).
 */
function isWithinQuota(
  writing: TransactionScope,
  { isAnonymous, image }: NewPrediction,
  quotaBytes: number | undefined,
): boolean {
  if (quotaBytes === undefined || !isAnonymous || image === null) return true
  return (writing.one<StoredSum>(ANONYMOUS)?.bytes ?? 0) + image.bytes.length <= quotaBytes
}

function countPredictions(writing: TransactionScope, predictions: readonly NewPrediction[]): void {
  const { classes, days } = sumsOf(predictions)
  for (const { classifierId, name, count, confidence } of classes)
    writing.run(ADD_TO_CLASS, classifierId, name, count, confidence)
  for (const { classifierId, day, bin, count, confidence } of days)
    writing.run(ADD_TO_DAY, classifierId, day, bin, count, confidence)
}
