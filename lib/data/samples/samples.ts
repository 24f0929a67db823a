/** Images of a classifier, with or without a label. How they are split and which may be trained on, the caller that
 *  adds them and lib/domain decide. */
import { isDeepStrictEqual } from 'node:util'
import { DarkroomError } from '#lib/domain/errors.ts'
import { SOURCES, SPLITS } from '#lib/domain/classifier.ts'
import type { Samples } from '../data.ts'
import type { Prisma, Sample as Row } from '../generated/client.ts'
import type { ExistingSample } from '../statements.ts'
import { conflict, notFound, wordOf, wordOrNull } from '../store.ts'
import type { Store } from '../store.ts'
import type { Transaction } from '../trash/trash-rows.ts'
import type { AddSampleResult, NewSample, Sample, StoredSample } from '../values.ts'

/** Of one read: 20 ms. */
const ROWS_AT_ONCE = 2_000

/** Labelled (only such have a split), not excluded, not in the trash, and not of an upload that is still running, which
 *  may yet be taken back. */
const USABLE: Prisma.SampleWhereInput = {
  split: { not: null },
  excludedAt: null,
  trashedAt: null,
  OR: [{ uploadId: null }, { upload: { state: { not: 'running' } } }],
}

export function samplesOf(store: Store): Samples {
  const { prisma, statements, id, now } = store
  return {
    async add(classifierId, samples) {
      const files = await store.stage(samples.map((sample) => sample.image))
      const rows = samples.map((sample) => ({ id: id(), classifierId, sample }))
      const known = await files.cleanUpAfter(() =>
        statements.samples.insert(rows, {
          files,
          now,
          check: (classes) => refuseUnknownClasses(classifierId, samples, classes),
        }),
      )
      return reviveAll(
        store,
        samples,
        rows.map((row, i) => insertResult(row, known[i] ?? null)),
      )
    },
    get: async (sampleId) => {
      const row = await prisma.sample.findUnique({ where: { id: sampleId } })
      if (!row) throw notFound('sample', sampleId)
      return sampleValue(row)
    },
    all: (classifierId) => usableSamples(store, { ...USABLE, classifierId }),
    countUnseen: (classifierId) => countUnseen(prisma, classifierId),
    async unseen(classifierId) {
      const { sources, since } = await unseenBy(prisma, classifierId)
      const added = { source: { in: sources }, labelledAt: { gt: since } }
      return usableSamples(store, { ...USABLE, ...added, classifierId })
    },
  }
}

/** Oldest first. Read again when classes have changed between two of the reads: some images would have the name that a
 *  class had before, and others the one that it has now. */
async function usableSamples(
  { prisma, statements: { classifiers } }: Store,
  where: Prisma.SampleWhereInput & { readonly classifierId: string },
): Promise<readonly Sample[]> {
  for (;;) {
    const classes = await classifiers.classNames(where.classifierId)
    const samples = await readInSteps(prisma, where)
    if (samples.length < ROWS_AT_ONCE) return samples
    if (isDeepStrictEqual(classes, await classifiers.classNames(where.classifierId))) return samples
  }
}

/** Some at a time: other requests are answered in between. */
async function readInSteps(
  prisma: Store['prisma'],
  where: Prisma.SampleWhereInput,
): Promise<readonly Sample[]> {
  const samples: Sample[] = []
  for (;;) {
    const after = samples.at(-1)?.id
    const rows = await prisma.sample.findMany({
      where: { ...where, ...(after !== undefined && { id: { gt: after } }) },
      orderBy: { id: 'asc' },
      take: ROWS_AT_ONCE,
    })
    samples.push(...rows.map(usable))
    if (rows.length < ROWS_AT_ONCE) return samples
  }
}

/** How many those are, and how many of them are corrections. Where they are all there is, and nothing is
 *  arriving, the sums tell. */
async function countUnseen(
  prisma: Store['prisma'],
  classifierId: string,
): Promise<{ readonly all: number; readonly corrections: number }> {
  const { sources, since } = await unseenBy(prisma, classifierId)
  const isSummed =
    since.getTime() < 0 &&
    (await prisma.upload.findFirst({ where: { classifierId, state: 'running' }, select: { id: true } })) ===
      null
  const counts = isSummed
    ? (
        await prisma.sampleCount.groupBy({
          by: ['source'],
          where: { classifierId, isExcluded: false, split: { not: '' }, source: { in: sources } },
          _sum: { count: true },
        })
      ).map(({ source, _sum }) => ({ source, count: _sum.count ?? 0 }))
    : (
        await prisma.sample.groupBy({
          by: ['source'],
          where: { classifierId, ...USABLE, source: { in: sources }, labelledAt: { gt: since } },
          _count: true,
        })
      ).map(({ source, _count: count }) => ({ source, count }))
  const corrections = counts.find(({ source }) => source === 'feedback')?.count ?? 0
  return { all: counts.reduce((sum, { count }) => sum + count, 0), corrections }
}

/**
 * Samples that the live version was not trained on: labelled after its snapshot was frozen. A shipped
 * version was trained on the dataset only. Before 1970: all.
 */
async function unseenBy(
  prisma: Store['prisma'],
  classifierId: string,
): Promise<{ readonly sources: string[]; readonly since: Date }> {
  const promotion = await prisma.promotion.findFirst({
    where: { classifierId },
    orderBy: { id: 'desc' },
    select: { version: { select: { isShipped: true, createdAt: true, runId: true } } },
  })
  const version = promotion?.version
  if (!version || version.isShipped)
    return {
      sources: version ? ['upload', 'feedback'] : ['upload', 'feedback', 'dataset'],
      since: new Date(-1),
    }
  const run = version.runId
    ? await prisma.run.findUnique({
        where: { id: version.runId },
        select: { snapshot: { select: { createdAt: true } } },
      })
    : null
  return {
    sources: ['upload', 'feedback', 'dataset'],
    since: run?.snapshot?.createdAt ?? version.createdAt,
  }
}

/** `unused`: a sample of that image lies in the trash, or has no label. */
type InsertResult = AddSampleResult | { readonly kind: 'unused'; readonly sampleId: string }

function insertResult(
  { id, sample }: { readonly id: string; readonly sample: NewSample },
  known: ExistingSample | null,
): InsertResult {
  if (known === null) return { kind: 'added', sampleId: id }
  return isUsed(known, sample) ? alreadyThere(known) : { kind: 'unused', sampleId: known.id }
}

function refuseUnknownClasses(
  classifierId: string,
  samples: readonly NewSample[],
  classes: readonly string[],
): void {
  for (const { label } of samples)
    if (label !== null && !classes.includes(label)) throw unknownClass(classifierId, label, classes)
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
  })
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
function usable(row: Row): Sample {
  const { label, split, excludedAt: _excluded, trashedAt: _trashed, ...sample } = sampleValue(row)
  if (label === null || split === null) throw new Error(`Sample ${row.id} is not labelled.`)
  return { ...sample, label, split }
}

const sampleValue = (row: Row): StoredSample => ({
  id: row.id,
  classifierId: row.classifierId,
  hash: row.hash,
  label: row.label,
  split: wordOrNull(SPLITS, row.split, 'Sample.split'),
  isSplitGiven: row.isSplitGiven,
  source: wordOf(SOURCES, row.source, 'Sample.source'),
  uploadId: row.uploadId,
  filename: row.filename,
  groupId: row.groupId,
  excludedAt: row.excludedAt,
  trashedAt: row.trashedAt,
  createdAt: row.createdAt,
})

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
