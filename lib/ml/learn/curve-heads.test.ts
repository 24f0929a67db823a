import { expect, test } from 'vitest'
import { CURVE_SHARES, learningCurves, TRAINED_ON } from '#lib/domain/evaluation/learning-curve.ts'
import { createRandom, normal } from '../random.ts'
import { curveOutcomes, type CurveImages } from './curve-heads.ts'

const outcomesOf = (images: CurveImages) => {
  const computation = curveOutcomes(images)
  for (;;) {
    const { done, value } = computation.next()
    if (done) return value
  }
}

/** Classes whose centres are so far apart, each image with a near-copy. */
function clusters(distance: number, { perClass = 60, classes = 3, length = 8 } = {}): CurveImages {
  const random = createRandom(5)
  const labels = Int32Array.from({ length: 2 * classes * perClass }, (_, i) => Math.floor(i / 2) % classes)
  const centres = Array.from({ length: classes }, () =>
    Float32Array.from({ length }, () => distance * normal(random)),
  )
  return {
    labels,
    classes,
    groups: labels.map((_, i) => Math.floor(i / 2)),
    rows: Array.from(labels, (label) => centres[label]!.map((value) => value + normal(random))),
  }
}

test('each image is left out of one draw, and near-copies are trained on together', () => {
  const images = clusters(1)

  const { draws } = outcomesOf(images)

  const largest = draws.map((sizes) => sizes.at(-1)!)
  for (const i of images.labels.keys()) {
    expect(largest.filter((outcome) => outcome[i] !== TRAINED_ON)).toHaveLength(1)
    for (const outcome of draws.flat()) expect(outcome[i] === TRAINED_ON).toBe(outcome[i ^ 1] === TRAINED_ON)
  }
})

test('each size has its share of the images of each class, and contains the smaller ones', () => {
  const images = clusters(1)

  const { draws } = outcomesOf(images)

  for (const sizes of draws) {
    const trained = sizes.map((outcome) => [...outcome.keys()].filter((i) => outcome[i] === TRAINED_ON))
    trained.forEach((places, s) => {
      expect(places).toEqual(expect.arrayContaining(trained[s - 1] ?? []))
      for (let k = 0; k < 3; k++) {
        const own = places.filter((i) => images.labels[i] === k).length
        expect(Math.abs(own - CURVE_SHARES[s]! * 120)).toBeLessThanOrEqual(4)
      }
    })
  }
})

test('more images help where classes overlap, and not where they are far apart', () => {
  const [hard, easy] = [clusters(0.45), clusters(6)].map(
    (images) => learningCurves(outcomesOf(images), createRandom(1))!.all,
  )

  expect(hard!.measured[0]!.accuracy).toBeLessThan(hard!.measured.at(-1)!.accuracy)
  expect(easy!.verdict).toBe('no_help')
  expect(easy!.now.value).toBeGreaterThan(0.99)
})
