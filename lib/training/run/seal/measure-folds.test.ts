import { expect, test } from 'vitest'
import type { FeatureSet } from '#lib/ml/learn/head.ts'
import type { Head } from '#lib/ml/learn/softmax-regression.ts'
import type { CrossValidationResult } from '../learn/material.ts'
import { measureByFolds } from './measure-folds.ts'
import { brightnessSet, CLASSES, fakeLoaded } from './outputs.fakes.ts'
import { robustnessByFolds } from './robustness-by-folds.ts'

/** Answers the class whose brightness is nearest, from the features of the fake network: brightness and grain. */
const nearest: Head = {
  // squared distances to 0.25, 0.5 and 0.75, without the part that all have in common
  kernel: Float32Array.from([0.5, 1, 1.5, 0, 0, 0, 0, 0, 0], (value) => 100 * value),
  bias: Float32Array.from([-0.0625, -0.25, -0.5625], (value) => 100 * value),
}

/** Images that were each answered by `nearest`, whose last ones are near-copies of the first. */
async function crossValidated(count: number, copies = 0) {
  const training = brightnessSet(count, { seed: 1 })
  const loaded = fakeLoaded()
  const size = loaded.spec.size ** 2
  const pixels = new Uint8Array(count * size)
  for (let i = 0; i < count; i++) training.read(i, pixels, i * size)
  const { features } = await loaded.engine.run(
    'fake',
    Float32Array.from(pixels, (value) => value / 255),
    count,
  )
  const views: FeatureSet['views'] = [features!]
  const values = Float32Array.from({ length: count * CLASSES.length }, (_, at) => {
    const [i, k] = [Math.floor(at / CLASSES.length), at % CLASSES.length]
    return nearest.bias[k]! + features![3 * i]! * nearest.kernel[k]!
  })
  const validation: CrossValidationResult = {
    groups: Array.from({ length: count }, (_, i) => (i < count - copies ? i : i - count + copies)),
    features: { count, length: 3, views, labels: training.labels, targets: null },
    folds: 5,
    rounds: 1,
    result: {
      head: nearest,
      number: 1,
      strength: 1,
      logits: { values, count, classes: CLASSES.length },
      perRound: [],
      isEvaluated: Array.from({ length: count }, () => true),
      headFor: () => nearest,
    },
  }
  return { training, validation, loaded }
}

test('a card says why nothing is confident, and how many images may be enough', async () => {
  const { training, validation, loaded } = await crossValidated(30)

  const { decision, notes } = await measureByFolds(
    { classes: CLASSES, training, test: brightnessSet(0, { seed: 2 }) },
    validation,
    loaded,
  )

  expect(decision).toBeNull()
  expect(notes[0]).toMatch(
    new RegExp(
      '^With 30 different images no prediction is called confident: 59 are needed at least, and if ' +
        'predictions stay as accurate as they are, about \\d+ may be enough\\.$',
    ),
  )
})

test('robustness compares disturbed images with the same ones undisturbed, near-copies counted once', async () => {
  const { training, validation, loaded } = await crossValidated(90, 30)

  const result = (await robustnessByFolds(training, validation, loaded))!

  const { folds } = await measureByFolds(
    { classes: CLASSES, training, test: brightnessSet(0, { seed: 2 }) },
    validation,
    loaded,
  )
  expect(result).toMatchObject({ images: 60, accuracy: folds!.accuracy, measured_on: 'folds' })
  const strongest = (kind: string) =>
    result.disturbances.find((one) => one.kind === kind)!.levels.at(-1)!.accuracy.value
  expect(strongest('blur')).toBeCloseTo(result.accuracy.value, 1) // the mean brightness stays
  expect(strongest('brightness')).toBeLessThan(result.accuracy.value - 0.2)
})

test('at most 200 images are disturbed', async () => {
  const { training, validation, loaded } = await crossValidated(420)

  expect((await robustnessByFolds(training, validation, loaded))!.images).toBe(200)
})

test('where no image could be left out, robustness is not known', async () => {
  const { training, validation, loaded } = await crossValidated(3)
  const result = { ...validation.result, isEvaluated: [false, false, false] }

  expect(await robustnessByFolds(training, { ...validation, result }, loaded)).toBeNull()
})
