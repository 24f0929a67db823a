/** How good a version is and how that was measured, in words that need no statistics. Pure. */
import type { Output } from '#lib/contracts/contract.ts'
import type { Routes } from '#lib/contracts/index.ts'
import { counted } from '#lib/domain/count-text.ts'
import type { Interval } from '#lib/domain/statistics.ts'

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
    const all = images === 1 ? 'The only image is' : `All ${counted(images, 'image')} are`
    return `${all} right. Of 100 others, probably ${range}.`
  }
  const hundredths = value === 0 ? 0 : Math.min(99, Math.max(1, Math.round(value * 100)))
  return `About ${hundredths} of 100 images are right, probably ${range}.`
}

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
      : ` Images that are nearly the same were left out together and count as one: ` +
        `${counted(nearCopies, 'near-copy does', 'near-copies do')} not count.`
  const each =
    balanced === null
      ? ''
      : ` Some classes have far more images than others. If each class counted the same, about ` +
        `${Math.round(balanced.value * 100)} of 100 would be right.`
  return (
    `Measured on ${counted(images, 'image')}: each was left out of training once and predicted by a model that was ` +
    `trained on the others.${copies}${each}`
  )
}

const validationText = (images: number): string =>
  `Measured on ${counted(images, 'validation image')}, which also decided when training stopped, so it may be too ` +
  'high. More images give a fair measurement.'
