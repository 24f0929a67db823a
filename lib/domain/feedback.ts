/** What a person's response to a prediction says the class is. Whether the classifier has that class is known where
 *  its classes are. */
import { DarkroomError } from './errors.ts'

export type FeedbackResponse = { readonly correct: boolean; readonly label?: string | undefined }

/** Throws `invalid_input` where the response contradicts itself, or names no class for an incorrect prediction. */
export function confirmedLabel(predictedClass: string, { correct, label }: FeedbackResponse): string {
  if (correct) {
    if (label === undefined || label === predictedClass) return predictedClass
    throw refused(
      `it says that "${predictedClass}" is correct, and also that the class is "${label}"`,
      'Send correct: false with the correct label.',
    )
  }
  if (label === undefined)
    throw refused(
      'it says that the prediction is incorrect, but not what is correct',
      'Send the correct class as label.',
      { errors: [{ path: 'label', message: 'required if correct is false' }] },
    )
  if (label === predictedClass)
    throw refused(
      `it says that "${label}" is both incorrect and correct`,
      'Send correct: true, or another label.',
    )
  return label
}

const refused = (
  why: string,
  remedy: string,
  members?: { readonly errors: readonly { readonly path: string; readonly message: string }[] },
): DarkroomError =>
  new DarkroomError('invalid_input', { what: 'The feedback was not saved', why, remedy }, members)
