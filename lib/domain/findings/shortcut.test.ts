import { describe, expect, test } from 'vitest'
import { createRandom } from '#lib/ml/random.ts'
import type { FindingSample, SetFigures } from './finding.ts'
import { crossValidated } from './naive-bayes.ts'
import { shortcut } from './shortcut.ts'
import { surroundingsOf, type Surroundings } from './surroundings.ts'

const CLASSES = ['cat', 'dog', 'hare'] as const
const OF_CLASS = 60

/** Images whose surroundings say nothing about their class, but for what `plant` adds. */
function photographs(
  seed: number,
  plant: (label: number, random: () => number) => Partial<Surroundings> = () => ({}),
): FindingSample[] {
  const random = createRandom(seed)
  return CLASSES.flatMap((label, k) =>
    Array.from({ length: OF_CLASS }, (_, i) => ({
      id: `${label}-${i}`,
      label,
      split: null,
      groupId: null,
      width: 600 + Math.floor(200 * random()),
      height: 500 + Math.floor(200 * random()),
      figures: null,
      surroundings: {
        border: Array.from({ length: 12 }, () => 60 + 130 * random()),
        level: 90 + 70 * random(),
        contrast: 30 + 40 * random(),
        quantisation: 4 + 2 * random(),
        bytesPerPixel: 0.2 + 0.3 * random(),
        ...plant(k, random),
      },
    })),
  )
}

/** A classifier that is right for this share of the images. */
const probabilities = (samples: readonly FindingSample[], accuracy: number) =>
  samples.map(({ label }, i) => {
    const right = CLASSES.findIndex((name) => name === label)
    const predicted = (i * 7) % 100 < 100 * accuracy ? right : (right + 1) % CLASSES.length
    return CLASSES.map((_, k) => (k === predicted ? 0.9 : 0.05))
  })

const setOf = (samples: readonly FindingSample[], change: Partial<SetFigures> = {}): SetFigures => ({
  classes: CLASSES,
  samples,
  nearCopies: [],
  probabilities: probabilities(samples, 0.95),
  distances: null,
  unreadable: [],
  conflicts: [],
  hasPhotographs: true,
  ...change,
})
const details = (set: SetFigures): readonly string[] | null =>
  shortcut.find(set)?.map(({ detail }) => detail) ?? null

const seeds = Array.from({ length: 20 }, (_, i) => i + 1)

describe('shortcuts that are planted in 20 sets', () => {
  test.each<[string, RegExp, Parameters<typeof photographs>[1]]>([
    [
      'a border tinted by class',
      /^By the colours along the border alone, \d+ % of the images/,
      (k, random) => ({
        border: Array.from({ length: 12 }, (_, i) => (i % 3 === k ? 160 : 110) + 50 * random()),
      }),
    ],
    [
      'light by class',
      /^By brightness and contrast alone/,
      (k, random) => ({ level: 60 + 50 * k + 30 * random() }),
    ],
    [
      'JPEG quality by class',
      /^By the type and compression of the files alone/,
      (k) => ({ quantisation: [2, 9, 30][k]! }),
    ],
  ])('%s is found in all', (_story, expected, plant) => {
    for (const seed of seeds)
      expect(details(setOf(photographs(seed, plant))), `${seed}`).toEqual([expect.stringMatching(expected)])
  })
})

test('nothing is found in 20 sets without one', () => {
  expect(seeds.filter((seed) => details(setOf(photographs(seed)))!.length > 0)).toEqual([])
})

test('what tells the classes much worse than the classifier is no shortcut', () => {
  const slightly = (k: number, random: () => number) => ({ level: 90 + 12 * k + 70 * random() })

  expect(details(setOf(photographs(1, slightly)))).toEqual([])
})

test('a shortcut is not reported from six images: six can differ by chance', () => {
  const few = photographs(1, (k) => ({ quantisation: [2, 9, 30][k]! })).filter((_, i) => i % OF_CLASS < 2)

  expect(details(setOf(few))).toEqual([])
})

test('near-copies of one scene do not make a shortcut', () => {
  const scenes = photographs(1).map((one, i, all) => {
    const first = all[i - (i % OF_CLASS)]!
    return { ...one, groupId: one.label, surroundings: first.surroundings }
  })

  expect(details(setOf(scenes))).toEqual([])
})

test('without a version nothing is known; drawings have no surroundings', () => {
  expect(details(setOf(photographs(1), { probabilities: null }))).toBeNull()
  expect(details(setOf(photographs(1), { hasPhotographs: false }))).toEqual([])
})

test('naive Bayes separates two clouds, and never learns from the fold that it predicts', () => {
  const random = createRandom(3)
  const clouds = Array.from({ length: 100 }, (_, i) => ({
    values: [(i % 2) * 5 + random(), random()],
    label: i % 2,
    group: `${i}`,
  }))
  const memorised = clouds.map((row, i) => ({ ...row, values: [i, i] }))

  expect(crossValidated(clouds, 2)).toEqual(clouds.map(({ label }) => label))
  const right = crossValidated(memorised, 2).filter((label, i) => label === memorised[i]!.label).length
  expect(right).toBeLessThan(70)
})

test('the border is measured by side, and the light over the whole image', () => {
  const side = 32
  const data = new Uint8Array(side * side * 3)
  for (let x = 0; x < side; x++) for (let y = 0; y < 2; y++) data[(y * side + x) * 3] = 255

  const { border, level, contrast } = surroundingsOf(
    { width: side, height: side, data },
    { quantisation: 0, bytesPerPixel: 1 },
  )

  expect(border.slice(0, 6)).toEqual([255, 0, 0, 0, 0, 0])
  expect(border[6]).toBeCloseTo((2 / 32) * 255, 6)
  expect(level).toBeCloseTo((0.299 * 255 * 2) / 32, 6)
  expect(contrast).toBeGreaterThan(0)
})
