/** Feedback on predictions as the pages change it: what is sent to the API, and what a change is called. */
import type { Input, Output } from '#lib/contracts/contract.ts'
import type { Routes } from '#lib/contracts/index.ts'
import { counted } from '#lib/domain/text/count-text.ts'

type SavedResponse = Output<Routes['POST /api/predictions/{id}/feedback']>
type FeedbackBody = Omit<Input<Routes['POST /api/predictions/{id}/feedback']>, 'id'>

export type FeedbackValue = {
  readonly correct: boolean
  /** Null: none of the classes. */
  readonly label: string | null
  /** Of the image in the training data. */
  readonly sample_id: string | null
}
/** `before`: what Undo restores; undefined where nothing was changed on this page. */
export type FeedbackEntry = {
  readonly value: FeedbackValue | null
  readonly before?: FeedbackValue | null | undefined
}
export type FeedbackChoice =
  | { readonly kind: 'confirm'; readonly addToTraining: boolean }
  /** Null: none of the classes. */
  | { readonly kind: 'label'; readonly label: string | null }

export function bodyOf(predictedClass: string, choice: FeedbackChoice): FeedbackBody {
  if (choice.kind === 'confirm')
    return { correct: true, ...(choice.addToTraining && { add_to_training: true }) }
  return choice.label === predictedClass ? { correct: true } : { correct: false, label: choice.label }
}

/** The body that restores an earlier value. */
export function restoringBody(before: FeedbackValue | null): FeedbackBody {
  if (!before) return { correct: null }
  return before.correct
    ? { correct: true, ...(before.sample_id !== null && { add_to_training: true }) }
    : { correct: false, label: before.label }
}

export const valueOf = ({ correct, label, sample_id }: SavedResponse): FeedbackValue | null =>
  correct === null ? null : { correct, label, sample_id }

/** The sentence about a change of one prediction. */
export function changeText(value: FeedbackValue | null, choice: FeedbackChoice): string {
  if (!value) return 'Feedback removed.'
  if (choice.kind === 'confirm' && choice.addToTraining)
    return value.sample_id === null
      ? 'Confirmed. The image was not saved with the prediction, so it cannot be added to the training data.'
      : `Added to the training data as “${value.label}”. The next training run includes it.`
  if (value.correct) return `Confirmed as “${value.label}”.`
  if (value.label === null) return 'Saved: none of the classes. The image is not used for training.'
  return value.sample_id === null
    ? `Corrected to “${value.label}”. The image was not saved with the prediction, so it is not used for training.`
    : `Corrected to “${value.label}”. The next training run includes it.`
}

/** The sentence about a change of several predictions. */
export function bulkText(values: readonly (FeedbackValue | null)[], choice: FeedbackChoice): string {
  const predictions = counted(values.length, 'prediction')
  const withoutImage = values.filter((one) => one?.label != null && one.sample_id === null).length
  const without = withoutImage > 0 ? ` ${counted(withoutImage, 'image')} could not be added.` : ''
  if (choice.kind === 'label')
    return choice.label === null
      ? `${predictions} set to none of the classes.`
      : `${predictions} set to “${choice.label}”.`
  return choice.addToTraining
    ? `${counted(values.length - withoutImage, 'image')} added to the training data.${without}`
    : `${predictions} marked correct.`
}
