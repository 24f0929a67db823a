import { expect, test } from 'vitest'
import { MOST_REFERENCES } from '#lib/ml/evaluate/familiarity.ts'
import { measure, type EvaluationSets } from './measure.ts'
import { CLASSES, fakeLoaded, brightnessSet } from './outputs.fakes.ts'

const sets = (count: number, change: Partial<EvaluationSets> = {}): EvaluationSets => ({
  classes: CLASSES,
  isMirrorable: true,
  foreign: null,
  training: brightnessSet(300, { seed: 1 }),
  choosing: brightnessSet(count, { seed: 2 }),
  calibrating: brightnessSet(count, { seed: 3 }),
  test: brightnessSet(300, { seed: 4 }),
  ...change,
})

test('with enough images all figures of a card are measured', async () => {
  const figures = await measure(
    sets(400, { foreign: [{ name: 'grainy', squares: brightnessSet(200, { seed: 5, grain: 0.2 }) }] }),
    fakeLoaded(),
  )

  expect(figures.notes).toEqual([])
  expect(figures.test!.accuracy.value).toBeGreaterThan(0.8)
  expect(figures.test!.reliability).toHaveLength(15)
  expect(figures.test!.mirrored).toEqual(figures.test!.accuracy) // light is the same from both sides
  expect(figures.calibration).toMatchObject({ images: 400, measured_on: 'test' })
  expect(figures.calibration!.ece_after).toBeLessThan(figures.calibration!.ece_before)
  expect(figures.candidates!.test!.coverage.low).toBeLessThan(0.95)
  expect(figures.candidates!.test!.coverage.high).toBeGreaterThan(0.95)
  expect(figures.candidates!.unsure!.mean_size).toBeGreaterThan(1)
  expect(figures.familiarity!.kept!.low).toBeLessThan(0.95)
  expect(figures.familiarity!.kept!.high).toBeGreaterThan(0.95)
  expect(figures.familiarity!.foreign).toEqual([
    { name: 'grainy', images: 200, auroc: expect.any(Number), found: expect.any(Number) },
  ])
  expect(figures.familiarity!.foreign![0]!.auroc).toBeGreaterThan(0.9)
  expect(figures.reference!.ids).toHaveLength(300)
  expect(figures.reference!.neighbour).toBe(figures.familiarity!.neighbour)
  expect(figures.robustness!.disturbances.map(({ kind, levels }) => [kind, levels.length])).toEqual([
    ['brightness', 3],
    ['blur', 3],
    ['jpeg', 3],
    ['noise', 3],
    ['rotation', 3],
  ])
  expect(figures.robustness!.disturbances[0]!.levels[2]!.accuracy.value).toBeLessThan(
    figures.robustness!.accuracy.value,
  ) // brightness is the only feature of this model
}, 60_000)

test('confident predictions are as reliable on unseen images as the card states', async () => {
  const { decision } = await measure(sets(1_000, { training: brightnessSet(60, { seed: 1 }) }), fakeLoaded())

  expect(decision!.threshold).not.toBeNull()
  expect(decision!.share_answered).toBeGreaterThan(0.1)
  expect(decision!.error_among_answered).toBeLessThan(0.03)
}, 60_000)

test('with too few images, figures that cannot be estimated are left out, and the card states why', async () => {
  const figures = await measure(sets(99), fakeLoaded())

  expect(figures).toMatchObject({
    calibration: null,
    decision: null,
    candidates: null,
    familiarity: { threshold: null, kept: null, foreign: null },
  })
  expect(figures.reference!.ids).toHaveLength(300) // nearest training images can be shown anyway
  expect(figures.notes).toEqual([
    'Confidence is not calibrated: 198 validation images are too few (200 are needed).',
    'For the same reason there are no prediction sets, and unfamiliar images are not detected.',
  ])
})

test('without test images, or without any, no figures are invented', async () => {
  const none = brightnessSet(0, { seed: 6 })

  expect(await measure(sets(200, { test: none }), fakeLoaded())).toMatchObject({
    test: null,
    robustness: null,
    calibration: { measured_on: 'calibration' },
    candidates: { test: null, unsure: null },
    familiarity: { kept: null },
  })
  expect(await measure({ ...sets(0, { test: none }), training: none }, fakeLoaded())).toMatchObject({
    test: null,
    validation: null,
    calibration: null,
    familiarity: null,
    reference: null,
    robustness: null,
  })
})

test('of many training images two thousand are kept, the same number of each class, always the same ones', async () => {
  const many = sets(100, { training: brightnessSet(3_000, { seed: 7 }), test: brightnessSet(0, { seed: 8 }) })

  const [first, second] = [await measure(many, fakeLoaded()), await measure(many, fakeLoaded())]

  expect(first.reference!.ids).toHaveLength(MOST_REFERENCES)
  expect([0, 1, 2].map((label) => first.reference!.labels.filter((one) => one === label).length)).toEqual([
    667, 667, 666,
  ])
  expect(second.reference!.ids).toEqual(first.reference!.ids)
})

test('measuring stops when it is cancelled', async () => {
  const stop = new AbortController()
  stop.abort()

  await expect(measure(sets(100), fakeLoaded(stop.signal))).rejects.toThrow('aborted')
})
