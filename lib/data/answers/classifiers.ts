/** Classifiers with what a dashboard shows of each, and the little that a person may change of one. */
import { rm } from 'node:fs/promises'
import path from 'node:path'
import type { ClassifierAnswer } from '#lib/contracts/classifiers.ts'
import { DarkroomError } from '#lib/domain/errors.ts'
import type { Classifier } from '#lib/domain/classifier.ts'
import type { Answers, Data } from '../data.ts'
import { sweepPictures } from '../pictures.ts'
import { dayOf, predictionsOn } from '../prediction-counts.ts'
import { countUnseen } from '../samples.ts'
import { conflict } from '../store.ts'
import type { Store } from '../store.ts'

type Offered = Pick<Answers, 'listClassifiers' | 'getClassifier' | 'createClassifier' | 'changeClassifier' | 'deleteClassifier' | 'listClasses'>

export function classifierAnswers(store: Store, { classifiers, live }: Pick<Data, 'classifiers' | 'live'>): Offered {
  const { connection, prisma, settings } = store
  const defaultId = async (): Promise<string | null> => classifiers.chosen(undefined).then((classifier) => classifier.id, () => null)
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
      champion: champion ? { version: champion.version.name, accuracy: champion.version.accuracy, test_images: champion.version.testImages, promoted_at: champion.promotion.at.toISOString() } : null,
      live_version: current?.version?.name ?? null,
      fault: current?.reason ?? null,
      ...countsOf(store, classifier.id),
    }
  }
  const getClassifier: Offered['getClassifier'] = async ({ id }) => answerOf(await classifiers.get(id), await defaultId())

  return {
    getClassifier,
    async listClassifiers() {
      const chosen = await defaultId()
      return { classifiers: await Promise.all((await classifiers.list()).map((classifier) => answerOf(classifier, chosen))) }
    },
    async listClasses({ classifier }) {
      const { id, classes } = await classifiers.chosen(classifier)
      return { success: true, classifier: id, classes: [...classes], count: classes.length }
    },
    async createClassifier({ id, title, classes, size, fit, is_mirrorable }) {
      const names = [...new Set(classes)]
      if (names.length !== classes.length) throw new DarkroomError('invalid_input', { what: 'The classifier was not made', why: 'a class is named twice', remedy: 'Name each class once.' })
      await classifiers.create({ id, title: title ?? id, classes: names, input: { size, channels: fit === 'digit' ? 1 : 3, fit }, isMirrorable: is_mirrorable })
      return getClassifier({ id })
    },
    async changeClassifier({ id, title, is_mirrorable }) {
      await classifiers.get(id)
      await prisma.classifier.update({ where: { id }, data: { title, isMirrorable: is_mirrorable } })
      return getClassifier({ id })
    },
    async deleteClassifier({ id }) {
      const classifier = await classifiers.get(id)
      const what = `"${classifier.title}" cannot be deleted`
      if (classifier.isShipped) throw conflict(what, 'it came with the product', 'Leave it; it costs no memory while nobody asks it.')
      await connection.write((writing) => {
        if (writing.one(`SELECT 1 FROM "Run" WHERE "classifierId" = ? AND "state" IN ('queued', 'running', 'judging')`, id)) throw conflict(what, 'a training of it is waiting or running', 'Cancel the training first.')
        writing.run('DELETE FROM "Classifier" WHERE "id" = ?', id)
        sweepPictures(writing, settings.dataDir)
      })
      await rm(path.join(settings.dataDir, 'models', id), { recursive: true, force: true })
      return { id, deleted: true }
    },
  }
}

function countsOf({ connection, now }: Store, id: string): Pick<ClassifierAnswer, 'samples' | 'predictions_today' | 'corrections_waiting'> {
  const splits = connection.all<{ split: string; count: number }>('SELECT "split", SUM("count") AS "count" FROM "SampleCount" WHERE "classifierId" = ? AND NOT "isExcluded" GROUP BY "split"', id)
  const count = (split: string): number => splits.find((row) => row.split === split)?.count ?? 0
  const unseen = countUnseen(connection, id)
  return {
    samples: { total: splits.reduce((sum, row) => sum + row.count, 0), train: count('train'), validation: count('validation'), test: count('test'), unseen: unseen.all },
    predictions_today: predictionsOn(connection, id, dayOf(now())),
    corrections_waiting: unseen.corrections,
  }
}
