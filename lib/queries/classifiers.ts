/** Classifiers with what a dashboard shows of each. */
import type { ClassifierAnswer } from '#lib/contracts/classifiers.ts'
import type { RouteAnswer } from '#lib/contracts/index.ts'
import type { Classifier } from '#lib/domain/classifier.ts'
import type { Data } from '#lib/data/data.ts'
import { dayOf } from '#lib/data/predictions/prediction-counts.ts'
import type { Store } from '#lib/data/store.ts'

type ClassifierQueries = {
  readonly listClassifiers: RouteAnswer<'GET /api/classifiers'>
  readonly getClassifier: RouteAnswer<'GET /api/classifiers/{id}'>
  readonly listClasses: RouteAnswer<'GET /api/classes'>
  /** For the switcher on every page: without the counts, which cost more. */
  readonly classifierTitles: () => Promise<readonly { readonly id: string; readonly title: string }[]>
}

export function classifierQueries(
  { prisma, now }: Store,
  { classifiers, live, samples }: Pick<Data, 'classifiers' | 'live' | 'samples'>,
): ClassifierQueries {
  const defaultId = async (): Promise<string | null> =>
    classifiers.chosen(undefined).then(
      (classifier) => classifier.id,
      () => null,
    )

  async function answersOf(all: readonly Classifier[]): Promise<ClassifierAnswer[]> {
    const chosen = await defaultId()
    const sums = await sumsOf(all.map(({ id }) => id))
    return Promise.all(all.map((classifier) => answerOf(classifier, sums, chosen)))
  }

  async function answerOf(
    classifier: Classifier,
    sums: ClassifierSums,
    chosen: string | null,
  ): Promise<ClassifierAnswer> {
    const current = await live.of(classifier.id)
    const champion = current?.promoted
    return {
      id: classifier.id,
      title: classifier.title,
      classes: [...classifier.classes],
      input: { ...classifier.input },
      recipe: classifier.recipe,
      is_mirrorable: classifier.isMirrorable,
      has_digits: classifier.hasDigits,
      is_shipped: classifier.isShipped,
      is_default: classifier.id === chosen,
      auto_promote: classifier.autoPromote,
      created_at: classifier.createdAt.toISOString(),
      champion: champion
        ? {
            version: champion.version.name,
            accuracy: champion.version.accuracy,
            test_images: champion.version.testImages,
            promoted_at: champion.promotion.at.toISOString(),
          }
        : null,
      live_version: current?.version?.name ?? null,
      fault: current?.reason ?? null,
      ...countsOf(sums, classifier.id, await samples.countUnseen(classifier.id)),
    }
  }

  async function sumsOf(ids: string[]) {
    const [splits, today] = await Promise.all([
      prisma.sampleCount.groupBy({
        by: ['classifierId', 'split'],
        where: { classifierId: { in: ids }, isExcluded: false, split: { not: '' } },
        _sum: { count: true },
      }),
      prisma.dayCount.groupBy({
        by: ['classifierId'],
        where: { classifierId: { in: ids }, day: dayOf(now()) },
        _sum: { count: true },
      }),
    ])
    return { splits, today }
  }

  return {
    getClassifier: async ({ id }) => (await answersOf([await classifiers.get(id)]))[0]!,
    listClassifiers: async () => ({ classifiers: await answersOf(await classifiers.list()) }),
    classifierTitles: async () => (await classifiers.list()).map(({ id, title }) => ({ id, title })),
    async listClasses({ classifier }) {
      const { id, classes } = await classifiers.chosen(classifier)
      return { success: true, classifier: id, classes: [...classes], count: classes.length }
    },
  }
}

type ClassifierSum = { readonly classifierId: string; readonly _sum: { readonly count: number | null } }
type ClassifierSums = {
  readonly splits: readonly (ClassifierSum & { readonly split: string })[]
  readonly today: readonly ClassifierSum[]
}

function countsOf(
  { splits, today }: ClassifierSums,
  id: string,
  unseen: { readonly all: number; readonly corrections: number },
): Pick<ClassifierAnswer, 'samples' | 'predictions_today' | 'corrections_waiting'> {
  const own = splits.filter((row) => row.classifierId === id)
  const count = (split: string): number => own.find((row) => row.split === split)?._sum.count ?? 0
  return {
    samples: {
      total: own.reduce((sum, row) => sum + (row._sum.count ?? 0), 0),
      train: count('train'),
      validation: count('validation'),
      test: count('test'),
      unseen: unseen.all,
    },
    predictions_today: today.find((row) => row.classifierId === id)?._sum.count ?? 0,
    corrections_waiting: unseen.corrections,
  }
}
