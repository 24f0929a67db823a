import { expect, test } from 'vitest'
import { answersAt } from './calibration.ts'
import {
  byProbability,
  candidateMass,
  candidatesWithin,
  chanceOf,
  conformityScore,
  coverageOf,
  type ConformalPrediction,
} from './conformal.ts'

/** Park–Miller, so that the random numbers of this test are always the same. */
function dice(seed: number): () => number {
  let state = seed
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647
}

/** Images whose labels are distributed by these odds, and a network that overstates them. */
function simulated(
  images: number,
  { seed, boast = 1.6, classes = 6 }: { seed: number; boast?: number; classes?: number },
): readonly ConformalPrediction[] {
  const random = dice(seed)
  const values = new Float32Array(images * classes)
  const labels = Array.from({ length: images }, (_, i) => {
    const odds = Array.from(
      { length: classes },
      () => 2.2 * Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random()),
    )
    odds.forEach((value, k) => {
      values[i * classes + k] = value * boast
    })
    const powers = odds.map(Math.exp)
    let rest = random() * powers.reduce((a, b) => a + b, 0)
    return Math.min(
      classes - 1,
      powers.findIndex((power) => (rest -= power) < 0),
    )
  })
  return answersAt({ values, count: images, classes }, labels, 1).map((answer) => ({
    ...answer,
    chance: random(),
  }))
}

test('candidates include the true class of 95 in 100 new images, although the network is overconfident', () => {
  const mass = candidateMass(simulated(4_000, { seed: 7 }))!

  const result = coverageOf(simulated(20_000, { seed: 11 }), mass)!

  expect(result.coverage.value).toBeGreaterThan(0.94)
  expect(result.coverage.value).toBeLessThan(0.96)
  expect(result.meanSize).toBeGreaterThan(1)
  expect(result.meanSize).toBeLessThan(4)
})

test('the mean over many small calibration halves is 95 in 100, too', () => {
  const fresh = simulated(2_000, { seed: 5 })
  const covers = Array.from(
    { length: 60 },
    (_, i) => coverageOf(fresh, candidateMass(simulated(150, { seed: 100 + i }))!)!.coverage.value,
  )

  const mean = covers.reduce((a, b) => a + b, 0) / covers.length

  expect(mean).toBeGreaterThan(0.94)
  expect(mean).toBeLessThan(0.965) // 0.95 + 1 / 151, plus the effect of sets that are never empty
})

test('the score is the mass of the more likely classes and a share of its own', () => {
  expect(conformityScore([0.2, 0.5, 0.3], 1, 0.4)).toBeCloseTo(0.2, 12)
  expect(conformityScore([0.2, 0.5, 0.3], 2, 0.4)).toBeCloseTo(0.62, 12)
  expect(conformityScore([0.2, 0.5, 0.3], 0, 0.5)).toBeCloseTo(0.9, 12)
})

test('a class is a candidate as long as its score stays within the mass', () => {
  expect(candidatesWithin([0.2, 0.5, 0.3], { mass: 0.62, chance: 0.4 })).toEqual([1, 2])
  expect(candidatesWithin([0.2, 0.5, 0.3], { mass: 0.61, chance: 0.4 })).toEqual([1])
  expect(candidatesWithin([0.2, 0.5, 0.3], { mass: 1, chance: 0.4 })).toEqual([1, 2, 0])
})

test('there is always a candidate, even when the random draw would leave none', () => {
  expect(candidatesWithin([0.99, 0.01], { mass: 0.5, chance: 0.9 })).toEqual([0])
})

test('with fewer than a hundred images no mass is measured', () => {
  expect(candidateMass(simulated(99, { seed: 1 }))).toBeNull()
  expect(candidateMass(simulated(100, { seed: 1 }))).not.toBeNull()
  expect(coverageOf([], 0.9)).toBeNull()
})

test('the same image always has the same random draw, and draws are distributed evenly', () => {
  const hash = `${'a'.repeat(16)}800000000000${'b'.repeat(36)}`

  expect(chanceOf(hash)).toBe(0.5)
  expect(() => chanceOf('image.png')).toThrow('is not a sha256 in hex')
})

test('the most likely class comes first, and equal ones keep the order of the classes', () => {
  expect(byProbability([0.2, 0.4, 0.2, 0.1, 0.1])).toEqual([1, 0, 2, 3, 4])
  expect(byProbability([0.1, 0.1, 0.3, 0.1, 0.4])).toEqual([4, 2, 0, 1, 3])
})

test('the mass is the 96th smallest score of a hundred: ⌈101 · 0.95⌉', () => {
  const count = 100
  const predictions = Array.from({ length: count }, (_, i) => ({
    probabilities: [0.5, 0.5],
    label: 0,
    chance: i / count,
  }))

  // each score is half of its random draw; the label is the first of two equals
  expect(candidateMass(predictions)).toBeCloseTo(0.95 / 2, 12)
  expect(candidateMass(predictions, 0.995)).toBeNull() // the 101st of a hundred
  expect(candidateMass(predictions, 0.99)).toBeCloseTo(0.99 / 2, 12)
})

test('coverage counts the images whose label is a candidate, and how many candidates they have', () => {
  const logits = { values: Float32Array.of(0, 0, 9, -9, -9, 9), count: 3, classes: 2 }
  const drawn = answersAt(logits, [1, 0, 0], 1).map((answer) => ({ ...answer, chance: 0.5 }))

  // two equals are both candidates; of the other two images only the most likely is, once correct, once incorrect
  const result = coverageOf(drawn, 0.8)!

  expect(result.coverage.value).toBeCloseTo(2 / 3, 12)
  expect(result.meanSize).toBeCloseTo(4 / 3, 12)
  expect(result.images).toBe(3)
})
