import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { chanceOf } from './conformal.ts'
import { answersAt } from './calibration.ts'
import { foldOf, thresholdImages, thresholdsByFolds, type ThresholdImage } from './thresholds.ts'

const hashes = (count: number, from = 0): string[] =>
  Array.from({ length: count }, (_, i) =>
    createHash('sha256')
      .update(String(from + i))
      .digest('hex'),
  )

/** Two classes; the first is always predicted, the more confidently the further the image is up the list. */
function sampleWith(
  images: readonly string[],
  {
    isRight,
    distance = () => 0,
  }: Record<'isRight', (i: number) => boolean> & {
    readonly distance?: (i: number) => number | null
  },
): readonly ThresholdImage[] {
  const values = new Float32Array(images.length * 2)
  images.forEach((_, i) => values.set([1 + (4 * i) / images.length, 0], i * 2))
  const labels = images.map((_, i) => (isRight(i) ? 0 : 1))
  return thresholdImages(answersAt({ values, count: images.length, classes: 2 }, labels, 1), images).map(
    (image, i) => ({ ...image, distance: distance(i) }),
  )
}

test('thresholds are set on all images, and each image is judged by thresholds that its fold did not set', () => {
  const images = hashes(600)
  const inFold = images.map((hash) => foldOf(hash) === 0)
  const strange = inFold.filter(Boolean).length

  const { familiar } = thresholdsByFolds(
    sampleWith(images, { isRight: () => true, distance: (i) => (inFold[i] ? 10 : 1) }),
  )

  expect(familiar.upTo).toBe(10) // on all images these are a fifth
  expect(familiar.kept!.value).toBeCloseTo((600 - strange) / 600) // without their fold, 10 is far
})

test('incorrect predictions of one fold count against thresholds that did not see them', () => {
  const images = hashes(1_000)
  // the least confident ones of one fold
  const isWrong = images.map((hash, i) => foldOf(hash) === 2 && i >= 10 && i < 100)
  const wrong = isWrong.filter(Boolean).length

  const { confident } = thresholdsByFolds(sampleWith(images, { isRight: (i) => !isWrong[i] }))

  const incorrect = confident.errorAmongAnswered! * confident.shareAnswered! * 1_000
  expect(Math.round(incorrect)).toBeGreaterThanOrEqual(wrong) // the other folds allowed everything
  expect(confident.threshold).toBeGreaterThan(Math.E / (1 + Math.E)) // on all images, the lowest confidence is too low
})

test('the error among confident predictions stays within the target, on images that set no threshold', () => {
  const draws = Array.from({ length: 6 }, (_, seed) => {
    const images = hashes(1_000, 1_000 * seed)
    // the share of errors falls from a fifth to nothing, as confidence grows
    const isRight = (i: number): boolean => chanceOf(images[i]!) >= 0.2 * (1 - i / 1_000) ** 3
    return thresholdsByFolds(sampleWith(images, { isRight })).confident
  })
  const errors = draws.map((one) => one.errorAmongAnswered!)

  expect(draws.every((one) => one.threshold !== null && one.shareAnswered! > 0.1)).toBe(true)
  expect(errors.reduce((sum, error) => sum + error, 0) / errors.length).toBeLessThan(0.02)
}, 30_000)

test('a confidence below a limit is never confident, although these images would allow it', () => {
  const images = hashes(600)
  const sample = sampleWith(images, { isRight: () => true })

  const free = thresholdsByFolds(sample).confident
  const limited = thresholdsByFolds(sample, 0.95).confident

  expect(free.threshold).toBeLessThan(0.8)
  expect(limited.threshold).toBe(0.95)
  expect(limited.shareAnswered).toBeLessThan(free.shareAnswered! - 0.2)
})

test('where no confidence is high enough, no share and no error is stated', () => {
  const images = hashes(600)

  const { confident } = thresholdsByFolds(sampleWith(images, { isRight: (i) => chanceOf(images[i]!) >= 0.1 }))

  expect(confident).toMatchObject({ threshold: null, shareAnswered: null, errorAmongAnswered: null })
})

test('without distances nothing is unfamiliar, and the candidates contain the class as often as they should', () => {
  const images = hashes(1_000)
  const { familiar, candidates } = thresholdsByFolds(
    sampleWith(images, { isRight: (i) => chanceOf(images[i]!) < 0.8, distance: () => null }),
  )

  expect(familiar).toEqual({ upTo: null, kept: null })
  expect(candidates!.all!.images).toBe(1_000)
  expect(candidates!.all!.coverage.value).toBeGreaterThan(0.93)
})
