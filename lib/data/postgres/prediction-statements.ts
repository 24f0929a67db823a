/**
 * Predictions written by the thousand; like ../sqlite/prediction-statements.ts. A batch is one transaction: one
 * statement for the rows and their counts, and one for the images where there are any. Rows travel as JSON, so that
 * each statement is parsed once whatever the size of the batch.
 */
import type { PostgresConnection, PostgresScope } from '../database/postgres/connection.ts'
import type { Prisma } from '../generated/client.ts'
import { sumsOf } from '../predictions/prediction-counts.ts'
import type { PredictionStatements } from '../statements.ts'
import type { NewPrediction } from '../values.ts'
import { insertImages } from './image-statements.ts'
import { asJson } from './json-parameter.ts'

/** In the order of the statement below. */
const COLUMNS = {
  id: 'text',
  classifierId: 'text',
  versionId: 'text',
  version: 'text',
  engine: 'text',
  predictedClass: 'text',
  predictedIndex: 'integer',
  confidence: 'double precision',
  probabilitiesJson: 'text',
  decision: 'text',
  candidatesJson: 'text',
  familiarity: 'double precision',
  filename: 'text',
  width: 'integer',
  height: 'integer',
  pictureHash: 'text',
  decodeMs: 'double precision',
  queueMs: 'double precision',
  inferenceMs: 'double precision',
  totalMs: 'double precision',
  createdAt: 'timestamp',
  isAnonymous: 'boolean',
} as const
const listOf = (text: (column: string, type: string) => string): string =>
  Object.entries(COLUMNS)
    .map(([column, type]) => text(column, type))
    .join(', ')

/**
 * The version may have been deleted during the prediction: then only its name is stored. Counts are changed in the
 * order of their keys: two batches wait for each other, and never in a circle.
 */
const INSERT = `
  WITH added AS (
    INSERT INTO "Prediction" (${listOf((name) => `"${name}"`)})
    SELECT ${listOf((name) =>
      name === 'versionId' ? '(SELECT v."id" FROM "Version" v WHERE v."id" = r."versionId")' : `r."${name}"`,
    )}
    FROM json_to_recordset($1) AS r(${listOf((name, type) => `"${name}" ${type}`)})),
  classes AS (
    INSERT INTO "ClassCount" AS c ("classifierId", "predictedClass", "count", "confidenceSum")
    SELECT "classifierId", "name", "count", "confidence" FROM json_to_recordset($2)
      AS r("classifierId" text, "name" text, "count" integer, "confidence" double precision) ORDER BY 1, 2
    ON CONFLICT ("classifierId", "predictedClass") DO UPDATE
      SET "count" = c."count" + excluded."count", "confidenceSum" = c."confidenceSum" + excluded."confidenceSum")
  INSERT INTO "DayCount" AS c ("classifierId", "day", "bin", "count", "confidenceSum")
  SELECT "classifierId", "day", "bin", "count", "confidence" FROM json_to_recordset($3)
    AS r("classifierId" text, "day" integer, "bin" integer, "count" integer, "confidence" double precision)
    ORDER BY 1, 2, 3
  ON CONFLICT ("classifierId", "day", "bin") DO UPDATE
    SET "count" = c."count" + excluded."count", "confidenceSum" = c."confidenceSum" + excluded."confidenceSum"`

const ANONYMOUS = `SELECT "images", "bytes" FROM "StorageSum" WHERE "name" = 'anonymous'`

const INSERT_ROWS = `INSERT INTO "PredictionJobRow" ("predictionJobId", "position", "filename", "code", "error",
    "resultJson")
  SELECT * FROM json_to_recordset($1) AS r("predictionJobId" text, "position" integer, "filename" text, "code" text,
    "error" text, "resultJson" text)`

type StoredSum = { readonly images: number; readonly bytes: number }
type JobProgress = Pick<Prisma.PredictionJobModel, 'done' | 'failed' | 'countsJson' | 'jobId'>

export const predictionStatements = ({ one, write, append }: PostgresConnection): PredictionStatements => ({
  insert: (predictions, { files, quotaBytes, patienceMs }) =>
    append(async (writing) => {
      const stored = await withinQuota(writing, predictions, quotaBytes)
      await insertImages(
        writing,
        stored.flatMap(({ image, width, height, isAnonymous, createdAt }) =>
          image === null
            ? []
            : [{ image: { ...image, width, height }, anonymousAt: isAnonymous ? createdAt : undefined }],
        ),
        files,
      )
      const { classes, days } = sumsOf(predictions)
      await writing.run(INSERT, asJson(stored.map(rowOf)), asJson(classes), asJson(days))
    }, patienceMs),
  anonymousImages: async () => (await one<StoredSum>(ANONYMOUS)) ?? { images: 0, bytes: 0 },
  appendToJob: (id, { rows, latest, countsWith }) =>
    write(async (writing) => {
      const before = await writing.one<JobProgress>(
        'SELECT "done", "failed", "countsJson", "jobId" FROM "PredictionJob" WHERE "id" = $1',
        id,
      )
      if (before === undefined || before.done !== rows[0]?.position) return false
      const { countsJson, failed } = countsWith(before.countsJson)
      await writing.run(INSERT_ROWS, asJson(rows))
      await writing.run(
        `UPDATE "PredictionJob" SET "done" = $1, "failed" = $2, "countsJson" = $3,
          "engine" = coalesce($4, "engine"), "precision" = coalesce($5, "precision") WHERE "id" = $6`,
        before.done + rows.length,
        before.failed + failed,
        countsJson,
        latest?.engine ?? null,
        latest?.precision ?? null,
        id,
      )
      // A job that makes progress is not one that ends its process each time.
      if (before.jobId !== null)
        await writing.run('UPDATE "Job" SET "attempt" = 1 WHERE "id" = $1', before.jobId)
      return true
    }),
})

const rowOf = (p: NewPrediction): Readonly<Record<keyof typeof COLUMNS, unknown>> => ({
  id: p.id,
  classifierId: p.classifierId,
  versionId: p.versionId,
  version: p.version,
  engine: p.engine,
  predictedClass: p.predictedClass,
  predictedIndex: p.predictedIndex,
  confidence: p.confidence,
  probabilitiesJson: JSON.stringify(p.probabilities),
  decision: p.decision,
  candidatesJson: p.candidates && JSON.stringify(p.candidates),
  familiarity: p.familiarity,
  filename: p.filename,
  width: p.width,
  height: p.height,
  pictureHash: p.image?.hash ?? null,
  decodeMs: p.decodeMs,
  queueMs: p.queueMs,
  inferenceMs: p.inferenceMs,
  totalMs: p.totalMs,
  createdAt: p.createdAt,
  isAnonymous: p.isAnonymous,
})

/**
 * Images of anonymous clients above their quota are not stored, their predictions are; the worker frees space by
 * dropping the oldest (../predictions/retention.ts). Processes do not wait for each other here: each may exceed the
 * quota by one batch.
 */
async function withinQuota(
  reading: PostgresScope,
  predictions: readonly NewPrediction[],
  quotaBytes: number | undefined,
): Promise<readonly NewPrediction[]> {
  const isCounted = ({ isAnonymous, image }: NewPrediction): boolean => isAnonymous && image !== null
  if (quotaBytes === undefined || !predictions.some(isCounted)) return predictions
  let bytes = (await reading.one<StoredSum>(ANONYMOUS))?.bytes ?? 0
  return predictions.map((prediction) => {
    if (!isCounted(prediction)) return prediction
    const sizeBytes = prediction.image?.bytes.length ?? 0
    if (bytes + sizeBytes > quotaBytes) return { ...prediction, image: null }
    bytes += sizeBytes
    return prediction
  })
}
