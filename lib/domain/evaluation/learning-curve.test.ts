import { expect, test } from 'vitest'
import {
  accuracyAt,
  CURVE_DRAWS,
  CURVE_SHARES,
  fitPowerLaw,
  learningCurves,
  RIGHT,
  roundMore,
  TRAINED_ON,
  WRONG,
  type CurveOutcomes,
} from './learning-curve.ts'

/** mulberry32, as in lib/ml/random.ts, which this module may not import. */
function createRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

type Simulation = { readonly perClass: number; readonly scale: number; readonly exponent: number }

/** Two classes, whose images are easy or hard in every draw, and draws that are better or worse than others. */
function simulated({ perClass, scale, exponent }: Simulation, random: () => number): CurveOutcomes {
  const classes = 2
  const count = classes * perClass
  const labels = Int32Array.from({ length: count }, (_, i) => i % classes)
  const hardness = Float64Array.from(labels, () => random())
  const draws = Array.from({ length: CURVE_DRAWS }, (_, draw) => {
    const order = [...labels.keys()]
      .filter((i) => Math.floor(i / classes) % CURVE_DRAWS !== draw)
      .map((i) => ({ i, at: random() }))
      .toSorted((a, b) => a.at - b.at)
    return CURVE_SHARES.map((share) => {
      const trained = new Set(order.slice(0, Math.round(share * count)).map(({ i }) => i))
      const error = scale * (share * perClass) ** -exponent * (0.9 + 0.2 * random())
      // half of the errors are due to the image, so they recur in all draws
      return Int8Array.from(labels, (_, i) => {
        if (trained.has(i)) return TRAINED_ON
        return random() < 0.5 ? outcome(hardness[i]! > error) : outcome(random() > error)
      })
    })
  })
  return { classes, labels, groups: labels.map((_, i) => i), draws }
}
const outcome = (isRight: boolean): number => (isRight ? RIGHT : WRONG)

test('a power law without noise is found exactly', () => {
  const points = [20, 40, 80, 160].map((images) => ({
    images,
    tests: 1e6,
    errors: 1e6 * 0.9 * images ** -0.4,
  }))

  const { scale, exponent } = fitPowerLaw(points)

  expect(exponent).toBeCloseTo(0.4, 4)
  expect(scale).toBeCloseTo(0.9, 3)
  expect(accuracyAt({ scale, exponent }, 200)).toBeCloseTo(1 - 0.9 * 200 ** -0.4, 4)
})

test.each<[string, Simulation, string]>([
  ['errors that fall fast', { perClass: 100, scale: 1.2, exponent: 0.4 }, 'helps'],
  ['errors that fall slowly', { perClass: 60, scale: 0.6, exponent: 0.25 }, 'helps'],
  ['errors that do not fall', { perClass: 250, scale: 0.3, exponent: 0 }, 'no_help'],
])('%s: the exponent is found, and the interval contains the truth', (_story, simulation, verdict) => {
  const random = createRandom(11)
  const runs = 24
  const exponents: number[] = []
  let [covered, ofClasses, verdicts] = [0, 0, 0]
  const truthAt = (images: number) => 1 - simulation.scale * images ** -simulation.exponent

  for (let run = 0; run < runs; run++) {
    const { all, perClass } = learningCurves(simulated(simulation, random), random)!
    const isWithin = ({ low, high }: { low: number; high: number }, truth: number) =>
      low <= truth && truth <= high
    exponents.push(all.powerLaw.exponent)
    covered += Number(isWithin(all.then, truthAt((all.images + all.more) / 2)))
    ofClasses += perClass.filter((own) => isWithin(own!.then, truthAt(own!.images + own!.more))).length
    verdicts += Number(all.verdict === verdict)
  }

  const mean = exponents.reduce((sum, one) => sum + one, 0) / runs
  expect(Math.abs(mean - simulation.exponent)).toBeLessThan(0.04)
  expect(covered / runs).toBeGreaterThanOrEqual(0.9)
  expect(ofClasses / (2 * runs)).toBeGreaterThanOrEqual(0.9)
  expect(verdicts / runs).toBeGreaterThanOrEqual(0.8)
})

test('a class with fewer than ten independent images has no curve of its own', () => {
  const outcomes = simulated({ perClass: 60, scale: 0.6, exponent: 0.3 }, createRandom(3))
  // the images of the second class are near-copies of nine
  const groups = outcomes.labels as Int32Array
  const copies = Int32Array.from(groups, (label, i) => (label === 1 ? 1000 + (i % 9) : i))

  const curves = learningCurves({ ...outcomes, groups: copies }, createRandom(1))!

  expect(curves.perClass[0]).not.toBeNull()
  expect(curves.perClass[1]).toBeNull()
})

test('a draw without any image of a class does not spoil the interval of that class', () => {
  const outcomes = simulated({ perClass: 60, scale: 0.6, exponent: 0.3 }, createRandom(3))
  const [random, state] = [createRandom(1), { calls: 0 }]
  // now and then the same group of the first class is drawn again and again
  const uneven = (): number => (state.calls++ % 5_000 < 600 ? 0 : random())

  const { perClass } = learningCurves(outcomes, uneven)!

  const { now, then } = perClass[1]!
  for (const value of [now.low, now.high, then.low, then.high]) expect(value).toBeGreaterThan(0)
})

test('too few images for three sizes have no curve', () => {
  const outcomes = simulated({ perClass: 3, scale: 0.6, exponent: 0.3 }, createRandom(3))

  expect(learningCurves(outcomes, createRandom(1))).toBeNull()
})

test('where only some images were used, the forecast starts at the number that there is', () => {
  const outcomes = simulated({ perClass: 60, scale: 0.6, exponent: 0.3 }, createRandom(3))

  const { all } = learningCurves({ ...outcomes, counts: [600, 600] }, createRandom(1))!

  expect(all.images).toBe(1200)
  expect(all.more).toBe(500)
})

test.each([
  [12, 10],
  [90, 30],
  [160, 50],
  [1500, 500],
])('of %i images a person would add %i', (images, more) => expect(roundMore(images)).toBe(more))
