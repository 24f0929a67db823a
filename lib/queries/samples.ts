/** Labelled images, and what they look like together. */
import type { RouteAnswer } from '#lib/contracts/index.ts'
import type { SampleAnswer } from '#lib/contracts/uploads.ts'
import type { Split } from '#lib/domain/classifier.ts'
import { pageOf } from '#lib/domain/page.ts'
import type { Data } from '#lib/data/data.ts'
import type { Prisma } from '#lib/data/generated/client.ts'
import { notFound, type Store } from '#lib/data/store.ts'
import type { Source } from '#lib/data/values.ts'
import { imageOf } from './images.ts'

const WITH_IMAGE = { image: { select: { width: true, height: true, sizeBytes: true } } } as const
type Row = Prisma.SampleGetPayload<{ include: typeof WITH_IMAGE }>

type SampleQueries = {
  readonly listSamples: RouteAnswer<'GET /api/samples'>
  /** In whatever state: what a changed sample is answered with. */
  readonly getSample: (id: string) => Promise<SampleAnswer>
  readonly sampleImage: RouteAnswer<'GET /api/samples/{id}/image'>
  readonly dataSummary: RouteAnswer<'GET /api/data/summary'>
}

export function sampleQueries(
  { prisma, settings }: Store,
  data: Pick<Data, 'classifiers' | 'samples' | 'promotions' | 'images' | 'blobs'>,
): SampleQueries {
  const { classifiers, samples, promotions } = data
  return {
    async listSamples({ classifier, cursor, limit, label, split, source, upload }) {
      const { id: classifierId } = await classifiers.chosen(classifier)
      const where = { classifierId, label, split, source, uploadId: upload, trashedAt: null }
      const [rows, total] = await Promise.all([
        prisma.sample.findMany({
          where: { ...where, id: { lt: cursor } },
          include: WITH_IMAGE,
          orderBy: { id: 'desc' },
          take: limit + 1,
        }),
        upload === undefined
          ? summed({ classifierId, label, split, source })
          : prisma.sample.count({ where }),
      ])
      const page = pageOf(rows, limit, (row) => row.id)
      return { samples: page.rows.map(answerOf), total, next_cursor: page.next }
    },
    async getSample(id) {
      const row = await prisma.sample.findUnique({ where: { id }, include: WITH_IMAGE })
      if (!row) throw notFound('sample', id)
      return answerOf(row)
    },
    sampleImage: async ({ id, size }) =>
      imageOf({ ...data, thumbnail: settings.thumbnail }, (await samples.get(id)).hash, size),
    async dataSummary({ classifier }) {
      const { id, classes } = await classifiers.chosen(classifier)
      const counts = await prisma.sampleCount.findMany({
        where: { classifierId: id, isExcluded: false, split: { not: '' }, count: { gt: 0 } },
      })
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

  async function summed(where: Prisma.SampleCountWhereInput): Promise<number> {
    return (await prisma.sampleCount.aggregate({ where, _sum: { count: true } }))._sum.count ?? 0
  }
}

const answerOf = (row: Row): SampleAnswer => ({
  id: row.id,
  classifier: row.classifierId,
  label: row.label,
  split: row.split as Split | null,
  hash: row.hash,
  width: row.image.width,
  height: row.image.height,
  size_bytes: row.image.sizeBytes,
  source: row.source as Source,
  filename: row.filename,
  is_excluded: row.excludedAt !== null,
  excluded_at: row.excludedAt?.toISOString() ?? null,
  trashed_at: row.trashedAt?.toISOString() ?? null,
  group_id: row.groupId,
  created_at: row.createdAt.toISOString(),
  image_url: `/api/samples/${row.id}/image`,
})
