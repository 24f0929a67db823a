/** The five steps of a first day, and which of them are done; null when all are, or the user cannot do them. Nothing is
 *  stored for it. */
import type { ClassifierAnswer } from '#lib/contracts/classifiers.ts'
import { classifierPage } from '#lib/domain/classifier-pages.ts'

export type FirstStep = { readonly name: string; readonly href: string; readonly isDone: boolean }

type OwnClassifier = Pick<ClassifierAnswer, 'id' | 'classes' | 'samples' | 'live_version' | 'is_shipped'>

export function firstStepsOf(
  classifiers: readonly OwnClassifier[],
  {
    mayEdit,
    predictions,
  }: {
    readonly mayEdit: boolean
    /** Of the user's own classifiers. */
    readonly predictions: number
  },
): readonly FirstStep[] | null {
  if (!mayEdit) return null
  const own = classifiers.filter((one) => !one.is_shipped)
  const furthest =
    own.find((one) => one.live_version !== null) ?? own.find((one) => one.samples.total > 0) ?? own[0]
  const setUp = furthest ? `/classifiers/new?classifier=${furthest.id}` : '/classifiers/new'
  const steps = [
    { name: 'Create an account', href: '/account', isDone: true },
    { name: 'Create a classifier and give it a name', href: setUp, isDone: own.length > 0 },
    {
      name: 'Add images of at least two classes',
      href: setUp,
      isDone: own.some(({ samples, classes }) => samples.total > 0 && classes.length > 1),
    },
    { name: 'Train it', href: setUp, isDone: own.some((one) => one.live_version !== null) },
    {
      name: 'Try it on a new image',
      href: furthest ? classifierPage(furthest.id, 'predict') : setUp,
      isDone: predictions > 0,
    },
  ]
  return steps.every(({ isDone }) => isDone) ? null : steps
}
