/** The image of a sample, and how many images there are of each class. The list is in sample-list.ts. */
import type { RouteAnswer } from '#lib/contracts/index.ts'
import { SOURCES, type Split } from '#lib/domain/classifier.ts'
import type { Data } from '#lib/data/data.ts'
import type { Store } from '#lib/data/store.ts'
import { imageOf } from './images.ts'

type SampleQueries = {
  readonly sampleImage: RouteAnswer<'GET /api/samples/{id}/image'>
  readonly dataSummary: RouteAnswer<'GET /api/data/summary'>
}

export function sampleQueries(
  { prisma, settings }: Store,
  data: Pick<Data, 'classifiers' | 'samples' | 'promotions' | 'images' | 'blobs'>,
): SampleQueries {
  const { classifiers, samples, promotions } = data
  return {
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
      return {
        classifier: id,
        total: sum(() => true),
        per_class: classes.map((name) => {
          const of = (split: Split): number => sum((row) => row.label === name && row.split === split)
          return { class: name, train: of('train'), validation: of('validation'), test: of('test') }
        }),
        per_source: SOURCES.map((source) => ({ source, count: sum((row) => row.source === source) })).filter(
          (row) => row.count > 0,
        ),
        has_original_pictures: !champion?.version.isShipped || sum((row) => row.source === 'dataset') > 0,
        original: await classifiers.originalOf(id),
      }
    },
  }
}
