import { expect, test } from 'vitest'
import { confidentShare, confidentText, type ConfidenceFigures } from './confident-share.ts'

const decision = (parts: Partial<NonNullable<ConfidenceFigures['decision']>>) => ({
  threshold: null,
  share_answered: null,
  error_among_answered: null,
  images_needed: null,
  ...parts,
})
const textOf = (figures: ConfidenceFigures): string | null => {
  const share = confidentShare(figures)
  return share && confidentText(share)
}

test.each<[string, ConfidenceFigures, string | null]>([
  [
    'with 50 images, 59 are the fewest that can prove 5 % of errors',
    { decision: null, folds: { images: 50 } },
    'No prediction counts as confident yet: there are too few images to check that. ' +
      'About 9 more images may be enough.',
  ],
  [
    'what is needed counts the images that are there',
    { decision: decision({ images_needed: 190 }), folds: { images: 150 } },
    'No prediction counts as confident yet: there are too few images to check that. ' +
      'About 40 more images may be enough.',
  ],
  [
    'one image more, at least',
    { decision: decision({ images_needed: 150 }), folds: { images: 150 } },
    'No prediction counts as confident yet: there are too few images to check that. About 1 more image may be enough.',
  ],
  [
    'where more images would not help, it does not ask for them',
    { decision: decision({}), folds: { images: 150 } },
    'No prediction counts as confident: even the surest ones are incorrect too often.',
  ],
  [
    'the share and its errors, rounded up',
    { decision: decision({ threshold: 0.9, share_answered: 0.624, error_among_answered: 0.0101 }) },
    'About 62 of 100 predictions count as confident; at most 2 of 100 of these were incorrect.',
  ],
  [
    'without an error',
    { decision: decision({ threshold: 0.9, share_answered: 0.5, error_among_answered: 0 }) },
    'About 50 of 100 predictions count as confident; none of these was incorrect.',
  ],
  ['nothing is claimed of images that are not counted', { decision: decision({ images_needed: 400 }) }, null],
  ['nor where a threshold was never tested', { decision: decision({ threshold: 0.9 }) }, null],
  ['nor where nothing was measured', { decision: null }, null],
])('%s', (_story, figures, text) => expect(textOf(figures)).toBe(text))
