/** What a person's response to a prediction means. Whether the classifier has the class is known where its classes
 *  are. */
import { DarkroomError } from './errors.ts'

export type FeedbackResponse = {
  /** Null removes the feedback. */
  readonly correct: boolean | null
  /** Null: none of the classes. */
  readonly label?: string | null | undefined
  readonly addToTraining?: boolean | undefined
}
/** `label` null: none of the classes. */
export type FeedbackMeaning = {
  readonly isCorrect: boolean
  readonly label: string | null
  /** The image becomes a sample with this label. */
  readonly isSample: boolean
}

/** Null where the feedback is removed. Throws `invalid_input` where the response contradicts itself, or does not say
 *  what is correct. */
export function feedbackMeaning(predictedClass: string, response: FeedbackResponse): FeedbackMeaning | null {
  const { correct, label, addToTraining = false } = response
  if (correct === null) {
    if (label === undefined && !addToTraining) return null
    throw refused('it both removes and gives feedback', 'Send correct: null alone.')
  }
  if (correct) {
    if (label === undefined || label === predictedClass)
      return { isCorrect: true, label: predictedClass, isSample: addToTraining }
    const other = label === null ? 'none of the classes is' : `the class is "${label}"`
    throw refused(
      `it says that "${predictedClass}" is correct, and also that ${other}`,
      'Send correct: false with the correct label.',
    )
  }
  if (label === undefined)
    throw refused(
      'it says that the prediction is incorrect, but not what is correct',
      'Send the correct class as label, or null for none of the classes.',
      { errors: [{ path: 'label', message: 'required if correct is false' }] },
    )
  if (label === predictedClass)
    throw refused(
      `it says that "${label}" is both incorrect and correct`,
      'Send correct: true, or another label.',
    )
  if (label === null && addToTraining)
    throw refused(
      'an image of none of the classes cannot be added to the training data',
      'Leave out add_to_training, or send the correct class as label.',
    )
  return { isCorrect: false, label, isSample: label !== null }
}

const refused = (
  why: string,
  remedy: string,
  members?: { readonly errors: readonly { readonly path: string; readonly message: string }[] },
): DarkroomError =>
  new DarkroomError('invalid_input', { what: 'The feedback was not saved', why, remedy }, members)
