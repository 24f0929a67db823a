/** Classifiers with what a dashboard shows of each, and the little that a person may change of one. */
import type { ClassifierAnswer } from '#lib/contracts/classifiers.ts'
import { DarkroomError } from '#lib/domain/errors.ts'
import type { Classifier } from '#lib/domain/classifier.ts'
import type { Answers, Data } from '../data.ts'
import { dayOf, predictionsOn } from '../prediction-counts.ts'
import { countUnseen } from '../samples.ts'
import type { Store } from '../store.ts'
import { byOf, trashOf } from './undoing.ts'

type ClassifierQueries = Pick<
  Answers,
  | 'listClassifiers'
  | 'getClassifier'
  | 'createClassifier'
  | 'changeClassifier'
  | 'deleteClassifier'
  | 'listClasses'
>

export function classifierAnswers(
  store: Store,
  { classifiers, live, trash }: Pick<Data, 'classifiers' | 'live' | 'trash'>,
): ClassifierQueries {
  const { prisma } = store
  const defaultId = async (): Promise<string | null> =>
    classifiers.chosen(undefined).then(
      (classifier) => classifier.id,
      () => null,
    )
  const answerOf = async (classifier: Classifier, chosen: string | null): Promise<ClassifierAnswer> => {
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
      ...countsOf(store, classifier.id),
    }
  }
  const getClassifier: ClassifierQueries['getClassifier'] = async ({ id }) =>
    answerOf(await classifiers.get(id), await defaultId())

  return {
    getClassifier,
    async listClassifiers() {
      const chosen = await defaultId()
      return {
        classifiers: await Promise.all(
          (await classifiers.list()).map((classifier) => answerOf(classifier, chosen)),
        ),
      }
    },
    async listClasses({ classifier }) {
      const { id, classes } = await classifiers.chosen(classifier)
      return { success: true, classifier: id, classes: [...classes], count: classes.length }
    },
    async createClassifier({ id, title, classes, size, fit, is_mirrorable }) {
      const names = [...new Set(classes)]
      if (names.length !== classes.length)
        throw new DarkroomError('invalid_input', {
          what: 'The classifier was not created',
          why: 'a class name occurs twice',
          remedy: 'Use each class name once.',
        })
      await classifiers.create({
        id,
        title: title ?? id,
        classes: names,
        input: { size, channels: fit === 'digit' ? 1 : 3, fit },
        isMirrorable: is_mirrorable,
      })
      return getClassifier({ id })
    },
    async changeClassifier({ id, title, is_mirrorable }) {
      await classifiers.get(id)
      await prisma.classifier.update({ where: { id }, data: { title, isMirrorable: is_mirrorable } })
      return getClassifier({ id })
    },
    async deleteClassifier({ id }, request) {
      await classifiers.get(id)
      return { id, deleted: true, ...trashOf(await trash.putClassifier(id, byOf(request))) }
    },
  }
}

function countsOf(
  { connection, now }: Store,
  id: string,
): Pick<ClassifierAnswer, 'samples' | 'predictions_today' | 'corrections_waiting'> {
  const splits = connection.all<{ split: string; count: number }>(
    'SELECT "split", SUM("count") AS "count" FROM "SampleCount" WHERE "classifierId" = ? AND NOT ' +
      '"isExcluded" AND "split" <> \'\' GROUP BY "split"',
    id,
  )
  const count = (split: string): number => splits.find((row) => row.split === split)?.count ?? 0
  const unseen = countUnseen(connection, id)
  return {
    samples: {
      total: splits.reduce((sum, row) => sum + row.count, 0),
      train: count('train'),
      validation: count('validation'),
      test: count('test'),
      unseen: unseen.all,
    },
    predictions_today: predictionsOn(connection, id, dayOf(now())),
    corrections_waiting: unseen.corrections,
  }
}
