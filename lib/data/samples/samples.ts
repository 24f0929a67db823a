/** Images of a classifier, with or without a label. How they are split and which may be trained on, the caller that
 *  adds them and lib/domain decide. */
import { DarkroomError } from '#lib/domain/errors.ts'
import { SOURCES, SPLITS } from '#lib/domain/classifier.ts'
import type { Connection, TransactionScope } from '../database/connection.ts'
import type { Samples } from '../data.ts'
import { insertImage, stageImages } from '../images/images.ts'
import type { StagedImages } from '../images/images.ts'
import { conflict, notFound, wordOf, wordOrNull } from '../store.ts'
import type { Store } from '../store.ts'
import type { Transaction } from '../trash/trash-rows.ts'
import type { AddSampleResult, NewSample, Sample, StoredSample } from '../values.ts'

type SampleRow = {
  id: string
  classifierId: string
  hash: string
  label: string | null
  split: string | null
  isSplitGiven: number
  source: string
  uploadId: string | null
  filename: string | null
  groupId: string | null
  excludedAt: number | null
  trashedAt: number | null
  createdAt: number
}

/** Reviving as many as are added at once takes less than a second. */
const TRANSACTION = { timeout: 60_000 } as const

/** Labelled (only such have a split), not excluded, not in the trash. */
const USABLE = '"split" IS NOT NULL AND "excludedAt" IS NULL AND "trashedAt" IS NULL'
/** Images of an upload that is still running may yet be taken back. */
const ARRIVED = `("uploadId" IS NULL OR "uploadId" NOT IN (SELECT "id" FROM "Upload" WHERE "state" = 'running'))`

export function samplesOf(store: Store): Samples {
  const { connection, settings, id, now } = store
  return {
    async add(classifierId, samples) {
      const files = await stageImages(
        settings.dataDir,
        samples.map((sample) => sample.image),
        id,
      )
      const inserted = await files.cleanUpAfter(() =>
        connection.write((writing) => {
          const classes = new Set(
            writing
              .all<{ name: string }>('SELECT "name" FROM "Class" WHERE "classifierId" = ?', classifierId)
              .map((c) => c.name),
          )
          for (const { label } of samples)
            if (label !== null && !classes.has(label)) throw unknownClass(classifierId, label, [...classes])
          return samples.map((sample) =>
            insertSample(writing, { classifierId, sample, files, sampleId: id(), at: now() }),
          )
        }),
      )
      return reviveAll(store, samples, inserted)
    },
    get: async (sampleId) => {
      const row = connection.one<SampleRow>('SELECT * FROM "Sample" WHERE "id" = ?', sampleId)
      if (!row) throw notFound('sample', sampleId)
      return sampleValue(row)
    },
    all: async (classifierId) =>
      connection
        .all<SampleRow>(
          `SELECT * FROM "Sample" WHERE "classifierId" = ? AND ${USABLE} AND ${ARRIVED} ORDER BY "id"`,
          classifierId,
        )
        .map(usable),
    countUnseen: async (classifierId) => countUnseen(connection, classifierId),
    async unseen(classifierId) {
      const { sql, since } = unseenBy(connection, classifierId)
      return connection
        .all<SampleRow>(`SELECT * FROM "Sample" WHERE ${sql} ORDER BY "id"`, classifierId, since)
        .map(usable)
    },
  }
}

/** How many those are, and how many of them are corrections. Where they are all there is, and nothing is
 *  arriving, the sums tell. */
function countUnseen(
  connection: Pick<Connection, 'one'>,
  classifierId: string,
): { readonly all: number; readonly corrections: number } {
  const { sql, sources, since } = unseenBy(connection, classifierId)
  const isSummed =
    since < 0 &&
    !connection.one(`SELECT 1 FROM "Upload" WHERE "classifierId" = ? AND "state" = 'running'`, classifierId)
  const row = isSummed
    ? connection.one<NewSampleCounts>(
        `SELECT COALESCE(SUM("count"), 0) AS "all", COALESCE(SUM("count" * ("source" = 'feedback')), ` +
          '0) AS "corrections" FROM "SampleCount" WHERE "classifierId" = ? AND NOT "isExcluded" AND ' +
          `"split" <> '' AND "source" IN (${sources})`,
        classifierId,
      )
    : connection.one<NewSampleCounts>(
        `SELECT COUNT(*) AS "all", COALESCE(SUM("source" = 'feedback'), 0) AS "corrections" FROM "Sample" WHERE ${sql}`,
        classifierId,
        since,
      )
  return row ?? { all: 0, corrections: 0 }
}
type NewSampleCounts = { readonly all: number; readonly corrections: number }

/**
 * Samples that the live version was not trained on: labelled after its snapshot was frozen. A shipped
 * version was trained on the dataset only.
 */
function unseenBy(
  connection: Pick<Connection, 'one'>,
  classifierId: string,
): { readonly sql: string; readonly sources: string; readonly since: number } {
  const champion = connection.one<{ isShipped: number; createdAt: number; frozenAt: number | null }>(
    `SELECT v."isShipped", v."createdAt", s."createdAt" AS "frozenAt"
     FROM "Promotion" p JOIN "Version" v ON v."id" = p."versionId"
     LEFT JOIN "Run" r ON r."id" = v."runId" LEFT JOIN "Snapshot" s ON s."id" = r."snapshotId"
     WHERE p."classifierId" = ? ORDER BY p."id" DESC LIMIT 1`,
    classifierId,
  )
  const isShipped = champion?.isShipped === 1
  // listed individually, so that the index is used
  const sources = isShipped ? `'upload', 'feedback'` : `'upload', 'feedback', 'dataset'`
  const since = champion && !isShipped ? (champion.frozenAt ?? champion.createdAt) : -1
  return {
    sql: `"classifierId" = ? AND "source" IN (${sources}) AND "labelledAt" > ? AND ${USABLE} AND ${ARRIVED}`,
    sources,
    since,
  }
}

type Insertion = {
  readonly classifierId: string
  readonly sample: NewSample
  readonly files: StagedImages
  readonly sampleId: string
  readonly at: Date
}

const INSERT = `INSERT INTO "Sample" ("id", "classifierId", "hash", "label", "split", "isSplitGiven", "source",
    "uploadId", "filename", "createdAt", "labelledAt")
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`

/** `unused`: a sample of that image lies in the trash, or has no label. */
type InsertResult = AddSampleResult | { readonly kind: 'unused'; readonly sampleId: string }

function insertSample(
  writing: TransactionScope,
  { classifierId, sample, files, sampleId, at }: Insertion,
): InsertResult {
  const { image, label, split, isSplitGiven = false, source, uploadId, filename } = sample
  const known = writing.one<ExistingSample>(
    'SELECT "id", "label", "uploadId", "trashedAt" FROM "Sample" WHERE "classifierId" = ? AND "hash" = ?',
    classifierId,
    image.hash,
  )
  if (known) return isUsed(known, sample) ? alreadyThere(known) : { kind: 'unused', sampleId: known.id }
  insertImage(writing, image, files)
  writing.run(
    INSERT,
    sampleId,
    classifierId,
    image.hash,
    label,
    split,
    isSplitGiven,
    source,
    uploadId,
    filename,
    at,
    at,
  )
  return { kind: 'added', sampleId }
}

type ExistingSample = {
  readonly id: string
  readonly label: string | null
  readonly uploadId: string | null
  readonly trashedAt: Date | number | null
}

/** An image without a label gets that of an image that is added with one. */
const isUsed = ({ label, trashedAt }: Pick<ExistingSample, 'label' | 'trashedAt'>, added: NewSample) =>
  trashedAt === null && (label !== null || added.label === null)

const alreadyThere = ({ id, label, uploadId }: ExistingSample): AddSampleResult => ({
  kind: 'already-there',
  sampleId: id,
  label,
  uploadId,
})

/** In a transaction of their own, after the others: reviving is rare, and Prisma cannot write as fast as an upload
 *  of thousands needs (docs/performance.md, "Queries"). */
async function reviveAll(
  { prisma, now }: Store,
  samples: readonly NewSample[],
  inserted: readonly InsertResult[],
): Promise<readonly AddSampleResult[]> {
  const done = inserted.filter((result) => result.kind !== 'unused')
  if (done.length === inserted.length) return done
  return prisma.$transaction(async (tx) => {
    const results: AddSampleResult[] = []
    for (const [i, result] of inserted.entries()) {
      if (result.kind !== 'unused') {
        results.push(result)
        continue
      }
      const known = await tx.sample.findUnique({ where: { id: result.sampleId } })
      if (!known) throw deletedMeanwhile(samples[i]!)
      const isDone = isUsed(known, samples[i]!)
      if (!isDone) await revive(tx, known, { ...samples[i]!, at: now() })
      results.push(isDone ? alreadyThere(known) : { kind: 'added', sampleId: known.id })
    }
    return results
  }, TRANSACTION)
}

const deletedMeanwhile = ({ filename }: NewSample): DarkroomError =>
  conflict(
    `The image ${filename ?? ''} was not added`,
    'its copy in the trash was permanently deleted at the same time',
    'Upload it again.',
  )

type Revival = Pick<NewSample, 'label' | 'split' | 'isSplitGiven' | 'source' | 'uploadId' | 'filename'> & {
  readonly at: Date
}

/** An image that lies in the trash, or has no label, and is added again is a sample as it is added now. */
export async function revive(
  tx: Transaction,
  { id, trashId }: { readonly id: string; readonly trashId: string | null },
  { label, split, isSplitGiven = false, source, uploadId, filename, at }: Revival,
): Promise<void> {
  await tx.sample.update({
    where: { id },
    data: {
      label,
      split,
      isSplitGiven,
      source,
      uploadId,
      filename,
      labelledAt: at,
      excludedAt: null,
      trashedAt: null,
      trashId: null,
    },
  })
  if (trashId !== null)
    await tx.trashEntry.deleteMany({ where: { id: trashId, kind: 'samples', samples: { none: {} } } })
}

/** What the condition USABLE has let through. */
function usable(row: SampleRow): Sample {
  const { label, split, excludedAt: _excluded, trashedAt: _trashed, ...sample } = sampleValue(row)
  if (label === null || split === null) throw new Error(`Sample ${row.id} is not labelled.`)
  return { ...sample, label, split }
}

const sampleValue = (row: SampleRow): StoredSample => ({
  id: row.id,
  classifierId: row.classifierId,
  hash: row.hash,
  label: row.label,
  split: wordOrNull(SPLITS, row.split, 'Sample.split'),
  isSplitGiven: Boolean(row.isSplitGiven),
  source: wordOf(SOURCES, row.source, 'Sample.source'),
  uploadId: row.uploadId,
  filename: row.filename,
  groupId: row.groupId,
  excludedAt: dateOrNull(row.excludedAt),
  trashedAt: dateOrNull(row.trashedAt),
  createdAt: new Date(row.createdAt),
})

const dateOrNull = (milliseconds: number | null): Date | null =>
  milliseconds === null ? null : new Date(milliseconds)

export const unknownClass = (
  classifierId: string,
  label: string,
  classes: readonly string[],
): DarkroomError =>
  new DarkroomError('unknown_class', {
    what: `"${label.slice(0, 80)}" is not a class of this classifier`,
    why: `the classifier "${classifierId}" does not have it`,
    remedy:
      classes.length === 0
        ? 'Upload images of that class first.'
        : `Its classes are: ${classes.slice(0, 20).join(', ')}${classes.length > 20 ? ', …' : ''}.`,
  })
