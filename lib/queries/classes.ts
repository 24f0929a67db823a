/** The classes of a classifier with what a person who changes them needs to know. */
import type { ClassListAnswer } from '#lib/contracts/classes.ts'
import type { RouteAnswer } from '#lib/contracts/index.ts'
import type { Data } from '#lib/data/data.ts'
import type { Store } from '#lib/data/store.ts'

type ClassQueries = { readonly manageClasses: RouteAnswer<'GET /api/classifiers/{id}/classes'> }

export function classQueries(
  { prisma }: Store,
  { classifiers, live }: Pick<Data, 'classifiers' | 'live'>,
): ClassQueries {
  return {
    async manageClasses({ id }): Promise<ClassListAnswer> {
      const { classes } = await classifiers.get(id)
      const predicted = (await live.of(id))?.version?.classes ?? null
      const rows = await prisma.sampleCount.findMany({ where: { classifierId: id, count: { gt: 0 } } })
      return {
        classifier: id,
        classes: classes.map((name) => {
          const own = rows.filter(({ label }) => label === name)
          const sum = (which: (row: (typeof rows)[number]) => boolean): number =>
            own.reduce((total, row) => total + (which(row) ? row.count : 0), 0)
          const used = (split: string): number => sum((row) => row.split === split && !row.isExcluded)
          return {
            class: name,
            images: sum(() => true),
            train: used('train'),
            validation: used('validation'),
            test: used('test'),
            excluded: sum((row) => row.isExcluded),
            is_predicted: predicted && predicted.includes(name),
          }
        }),
        removed: (predicted ?? []).filter((name) => !classes.includes(name)),
      }
    },
  }
}
