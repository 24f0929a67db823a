import { expect, test } from 'vitest'
import { MOST_REFERENCES } from '#lib/ml/evaluate/familiarity.ts'
import { measure, type EvaluationSets } from './measure.ts'
import { CLASSES, fakeLoaded, lit } from './outputs.fakes.ts'

const sets = (held: number, change: Partial<EvaluationSets> = {}): EvaluationSets => ({
  classes: CLASSES,
  isMirrorable: true,
  foreign: null,
  training: lit(300, { seed: 1 }),
  choosing: lit(held, { seed: 2 }),
  calibrating: lit(held, { seed: 3 }),
  test: lit(300, { seed: 4 }),
  ...change,
})

test('enough held-back pictures measure all that a card can say', async () => {
  const found = await measure(
    sets(400, { foreign: [{ name: 'grainy', squares: lit(200, { seed: 5, grain: 0.2 }) }] }),
    fakeLoaded(),
  )

  expect(found.notes).toEqual([])
  expect(found.test!.accuracy.value).toBeGreaterThan(0.8)
  expect(found.test!.reliability).toHaveLength(15)
  expect(found.test!.mirrored).toEqual(found.test!.accuracy) // light is the same from both sides
  expect(found.calibration).toMatchObject({ images: 400, measured_on: 'test' })
  expect(found.calibration!.ece_after).toBeLessThan(found.calibration!.ece_before)
  expect(found.candidates!.test!.coverage.low).toBeLessThan(0.95)
  expect(found.candidates!.test!.coverage.high).toBeGreaterThan(0.95)
  expect(found.candidates!.unsure!.mean_size).toBeGreaterThan(1)
  expect(found.familiarity!.kept!.low).toBeLessThan(0.95)
  expect(found.familiarity!.kept!.high).toBeGreaterThan(0.95)
  expect(found.familiarity!.foreign).toEqual([
    { name: 'grainy', images: 200, auroc: expect.any(Number), found: expect.any(Number) },
  ])
  expect(found.familiarity!.foreign![0]!.auroc).toBeGreaterThan(0.9)
  expect(found.reference!.ids).toHaveLength(300)
  expect(found.reference!.neighbour).toBe(found.familiarity!.neighbour)
  expect(found.robustness!.disturbances.map(({ kind, levels }) => [kind, levels.length])).toEqual([
    ['brightness', 3],
    ['blur', 3],
    ['jpeg', 3],
    ['noise', 3],
    ['rotation', 3],
  ])
  expect(found.robustness!.disturbances[0]!.levels[2]!.accuracy.value).toBeLessThan(
    found.robustness!.accuracy.value,
  ) // light is all that it knows
}, 60_000)

test('where it says confident, it keeps what it promises on pictures that it had not seen', async () => {
  const { decision } = await measure(sets(1_000, { training: lit(60, { seed: 1 }) }), fakeLoaded())

  expect(decision!.threshold).not.toBeNull()
  expect(decision!.share_answered).toBeGreaterThan(0.1)
  expect(decision!.error_among_answered).toBeLessThan(0.03)
}, 60_000)

test('too few held-back pictures leave out what cannot be estimated, and the card says so', async () => {
  const found = await measure(sets(99), fakeLoaded())

  expect(found).toMatchObject({
    calibration: null,
    decision: null,
    candidates: null,
    familiarity: { threshold: null, kept: null, foreign: null },
  })
  expect(found.reference!.ids).toHaveLength(300) // nearest training images can be shown anyway
  expect(found.notes).toEqual([
    'Confidence is not calibrated: 198 validation images are too few (200 are needed).',
    'For the same reason there are no prediction sets, and unfamiliar images are not detected.',
  ])
})

test('without test pictures, and without any, nothing is invented', async () => {
  const none = lit(0, { seed: 6 })

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

test('of many training pictures two thousand are kept, as many of each class, the same ones each time', async () => {
  const many = sets(100, { training: lit(3_000, { seed: 7 }), test: lit(0, { seed: 8 }) })

  const [first, second] = [await measure(many, fakeLoaded()), await measure(many, fakeLoaded())]

  expect(first.reference!.ids).toHaveLength(MOST_REFERENCES)
  expect([0, 1, 2].map((label) => first.reference!.labels.filter((one) => one === label).length)).toEqual([
    667, 667, 666,
  ])
  expect(second.reference!.ids).toEqual(first.reference!.ids)
})

test('measuring stops when it is asked to', async () => {
  const stop = new AbortController()
  stop.abort()

  await expect(measure(sets(100), fakeLoaded(stop.signal))).rejects.toThrow('aborted')
})
