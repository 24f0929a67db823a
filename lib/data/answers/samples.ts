/** Labelled pictures and what they look like together, as their contracts say it; with changing one. The
 *  trash and undo are in undoing.ts. */
import type { SampleAnswer } from '#lib/contracts/uploads.ts'
import type { Split } from '#lib/domain/classifier.ts'
import type { Answers, Data } from '../data.ts'
import type { Prisma } from '../generated/client.ts'
import { inTrash, notFound } from '../store.ts'
import type { Store } from '../store.ts'
import type { Source } from '../values.ts'
import { pageOf } from '#lib/domain/page.ts'
import { imageOf } from './images.ts'
import { byOf, trashOf } from './undoing.ts'

const WITH_PICTURE = { picture: { select: { width: true, height: true, sizeBytes: true } } } as const
type Row = Prisma.SampleGetPayload<{ include: typeof WITH_PICTURE }>
type SampleQueries = Pick<
  Answers,
  'listSamples' | 'changeSample' | 'deleteSample' | 'sampleImage' | 'dataSummary'
>

export function sampleAnswers(
  store: Store,
  {
    classifiers,
    samples,
    promotions,
    sampleChanges,
  }: Pick<Data, 'classifiers' | 'samples' | 'promotions' | 'sampleChanges'>,
): SampleQueries {
  const { connection, prisma } = store
  return {
    async listSamples({ classifier, cursor, limit, label, split, source, upload }) {
      const { id: classifierId } = await classifiers.chosen(classifier)
      const where: Prisma.SampleWhereInput = {
        classifierId,
        label,
        split,
        source,
        uploadId: upload,
        trashedAt: null,
      }
      const [rows, total] = await Promise.all([
        prisma.sample.findMany({
          where: { ...where, id: { lt: cursor } },
          include: WITH_PICTURE,
          orderBy: { id: 'desc' },
          take: limit + 1,
        }),
        upload === undefined
          ? samplesOf(connection, { classifierId, label, split, source })
          : prisma.sample.count({ where }),
      ])
      const page = pageOf(rows, limit, (row) => row.id)
      return { samples: page.rows.map(answerOf), total, next_cursor: page.next }
    },
    async changeSample({ id, label, split, is_excluded, is_trashed }, request) {
      await sampleChanges.change(
        { kind: 'ids', ids: [id] },
        { label, split, isExcluded: is_excluded, isTrashed: is_trashed },
        byOf(request),
      )
      const row = await prisma.sample.findUnique({ where: { id }, include: WITH_PICTURE })
      if (!row) throw notFound('sample', id)
      return answerOf(row)
    },
    async deleteSample({ id }, request) {
      const sample = await samples.get(id)
      if (sample.trashedAt !== null) throw inTrash('image', sample.filename ?? id, sample.trashedAt)
      const { trash } = await sampleChanges.change(
        { kind: 'ids', ids: [id] },
        { isTrashed: true },
        byOf(request),
      )
      return { id, deleted: true, ...trashOf(trash) }
    },
    sampleImage: async ({ id, size }) => imageOf(store, (await samples.get(id)).hash, size),
    async dataSummary({ classifier }) {
      const { id, classes } = await classifiers.chosen(classifier)
      const counts = connection.all<{ label: string; split: Split; source: Source; count: number }>(
        'SELECT "label", "split", "source", "count" FROM "SampleCount" WHERE "classifierId" = ? AND ' +
          'NOT "isExcluded" AND "split" <> \'\' AND "count" > 0',
        id,
      )
      const sum = (which: (row: (typeof counts)[number]) => boolean): number =>
        counts.reduce((total, row) => total + (which(row) ? row.count : 0), 0)
      const champion = await promotions.champion(id)
      const sources: readonly Source[] = ['dataset', 'upload', 'feedback']
      return {
        classifier: id,
        total: sum(() => true),
        per_class: classes.map((name) => {
          const of = (split: Split): number => sum((row) => row.label === name && row.split === split)
          return { class: name, train: of('train'), validation: of('validation'), test: of('test') }
        }),
        per_source: sources
          .map((source) => ({ source, count: sum((row) => row.source === source) }))
          .filter((row) => row.count > 0),
        has_original_pictures: !champion?.version.isShipped || sum((row) => row.source === 'dataset') > 0,
        original: await classifiers.originalOf(id),
      }
    },
  }
}

function samplesOf(
  connection: Store['connection'],
  {
    classifierId,
    label,
    split,
    source,
  }: {
    classifierId: string
    label: string | undefined
    split: string | undefined
    source: string | undefined
  },
): number {
  const row = connection.one<{ count: number }>(
    'SELECT COALESCE(SUM("count"), 0) AS "count" FROM "SampleCount" WHERE "classifierId" = ?1 AND (?2 ' +
      'IS NULL OR "label" = ?2) AND (?3 IS NULL OR "split" = ?3) AND (?4 IS NULL OR "source" = ?4)',
    classifierId,
    label ?? null,
    split ?? null,
    source ?? null,
  )
  return row?.count ?? 0
}

const answerOf = (row: Row): SampleAnswer => ({
  id: row.id,
  classifier: row.classifierId,
  label: row.label,
  split: row.split as Split | null,
  hash: row.hash,
  width: row.picture.width,
  height: row.picture.height,
  size_bytes: row.picture.sizeBytes,
  source: row.source as Source,
  filename: row.filename,
  is_excluded: row.excludedAt !== null,
  excluded_at: row.excludedAt?.toISOString() ?? null,
  trashed_at: row.trashedAt?.toISOString() ?? null,
  group_id: row.groupId,
  created_at: row.createdAt.toISOString(),
  image_url: `/api/samples/${row.id}/image`,
})
