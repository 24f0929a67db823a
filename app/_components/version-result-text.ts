/** How good a version is and how that was measured, in words that need no statistics. Pure. */
import type { Output } from '#lib/contracts/contract.ts'
import type { Routes } from '#lib/contracts/index.ts'
import { counted } from '#lib/domain/text/count-text.ts'
import type { Interval } from '#lib/domain/evaluation/statistics.ts'

export type VersionResultAnswer = Output<Routes['GET /api/models/{id}/result']>
type Figures = { readonly images: number; readonly accuracy: Interval }
type Statement = { readonly accuracy: string; readonly method: string }

/** One for each way in which the version was measured, the strictest first; figures of images that chose the epoch only
 *  if there are no others. */
export function resultStatements(result: VersionResultAnswer): readonly Statement[] {
  const { test, cross_validation: folds, validation } = result
  const statements = [
    ...(test ? [{ accuracy: accuracyText(test), method: testText(test.images) }] : []),
    ...(folds ? [{ accuracy: accuracyText(folds), method: foldsText(folds) }] : []),
  ]
  if (statements.length > 0 || !validation) return statements
  return [{ accuracy: accuracyText(validation), method: validationText(validation.images) }]
}

/** In hundredths. The interval is rounded outwards, and nothing is rounded to 0 or 100 that is not exactly that. */
function accuracyText({ images, accuracy: { value, low, high } }: Figures): string {
  const range = `between ${Math.floor(low * 100)} and ${Math.ceil(high * 100)}`
  if (value === 1) {
    const all = images === 1 ? 'The only prediction is' : `All ${counted(images, 'prediction')} are`
    return `${all} right. Of 100 others, probably ${range}.`
  }
  return `About ${hundredths(value)} of 100 predictions are right, probably ${range}.`
}

const hundredths = (value: number): number =>
  value === 0 || value === 1 ? value * 100 : Math.min(99, Math.max(1, Math.round(value * 100)))

const testText = (images: number): string =>
  `Measured on ${counted(images, 'test image')} that ${images === 1 ? 'was' : 'were'} never used for training.`

function foldsText({
  images,
  near_copies: nearCopies,
  balanced_accuracy: balanced,
}: NonNullable<VersionResultAnswer['cross_validation']>): string {
  const copies =
    nearCopies === 0
      ? ''
      : ` Images that are nearly the same were left out together and count as one, ` +
        `so ${counted(nearCopies, 'near-copy is', 'near-copies are')} not counted.`
  const each =
    balanced === null
      ? ''
      : ` Some classes have far more images than others. If each class counted the same, about ` +
        `${hundredths(balanced.value)} of 100 would be right.`
  return (
    `Measured on ${counted(images, 'image')}: each was left out of training once and predicted by a model that was ` +
    `trained on the others.${copies}${each}`
  )
}

const validationText = (images: number): string =>
  `Measured on ${counted(images, 'validation image')}, which also decided when training stopped, so the figure may ` +
  'be too high. More images would give a fair measurement.'
