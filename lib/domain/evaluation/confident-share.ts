/** How many predictions of a version count as confident, and what is missing where none does: for its result and its
 *  page. It sets no threshold. */
import { targetErrorFor } from './calibration.ts'
import { counted } from '../text/count-text.ts'
import { fewestForThreshold } from './decision.ts'

export type ConfidentShare = {
  /** Of the evaluated predictions; 0: none counts as confident. */
  readonly share: number
  /** Of these, incorrect; null: none counts as confident. */
  readonly error: number | null
  /** May be enough where none counts as confident; null: more images alone would not help. */
  readonly more_images: number | null
}

/** As a model card states it. */
export type ConfidenceFigures = {
  readonly decision: {
    readonly threshold: number | null
    readonly share_answered: number | null
    readonly error_among_answered: number | null
    readonly images_needed?: number | null | undefined
  } | null
  readonly folds?: { readonly images: number } | null | undefined
}

/** @returns null where it was not measured, or the card does not say on how many images */
export function confidentShare({ decision, folds }: ConfidenceFigures): ConfidentShare | null {
  const images = folds?.images ?? null
  if (!decision) return images === null ? null : tooFew(images)
  const { threshold, share_answered: share, error_among_answered: error, images_needed: needed } = decision
  if (threshold !== null) return share === null || error === null ? null : { share, error, more_images: null }
  if (needed == null) return { share: 0, error: null, more_images: null }
  return images === null ? null : { share: 0, error: null, more_images: Math.max(1, needed - images) }
}

/** Not even predictions that are all correct prove anything with fewer images. */
function tooFew(images: number): ConfidentShare | null {
  const fewest = fewestForThreshold(targetErrorFor(images))
  return images < fewest ? { share: 0, error: null, more_images: fewest - images } : null
}

export function confidentText({ share, error, more_images: more }: ConfidentShare): string {
  if (more !== null)
    return (
      `No prediction counts as confident yet: there are too few images to check that. About ` +
      `${counted(more, 'more image')} may be enough.`
    )
  if (error === null)
    return 'No prediction counts as confident: even the surest ones are incorrect too often.'
  const wrong = Math.ceil(error * 100)
  const ofThese =
    wrong === 0 ? 'none of these was incorrect' : `at most ${wrong} of 100 of these were incorrect`
  return `About ${Math.round(share * 100)} of 100 predictions count as confident; ${ofThese}.`
}
