import { expect, test } from 'vitest'
import { storedComparison } from '#lib/contracts/stored-json.ts'
import { openWithFruit, sampleOf } from '#lib/data/opened.fakes.ts'
import { cardOf } from '../rows.fakes.ts'
import { changesAnswer, predictionChanges, type PairedLogits } from './prediction-changes.ts'

const sides = {
  champion: { classes: ['apple', 'lime'], card: cardOf('v1') },
  challenger: { classes: ['apple', 'lime', 'pear'], card: cardOf('v2') },
}
const image = (
  hash: string,
  label: string,
  champion: readonly number[],
  challenger: readonly number[],
): PairedLogits => ({
  entry: { hash, label },
  champion: Float32Array.from(champion),
  challenger: Float32Array.from(challenger),
})

test('images that both predict alike are left out; spoiled ones come first, then the surest', () => {
  const changes = predictionChanges(
    [
      image('same', 'apple', [3, 0], [1, 0, 0]),
      image('corrected', 'lime', [3, 0], [0, 2, 0]),
      image('surer', 'pear', [3, 0], [0, 0, 5]),
      image('spoiled', 'lime', [0, 1], [1, 0, 0]),
    ],
    sides,
  )

  expect(changes).toMatchObject({ count: 3, corrected: 2, spoiled: 1 })
  expect(changes.images.map(({ hash, before, after }) => [hash, before, after])).toEqual([
    ['spoiled', 'lime', 'apple'],
    ['surer', 'apple', 'pear'],
    ['corrected', 'apple', 'lime'],
  ])
  expect(changes.images[1]!.confidence).toBeCloseTo(Math.exp(5) / (Math.exp(5) + 2))
})

test('of many changes the first two hundred are listed, and all are counted', () => {
  const many = Array.from({ length: 300 }, (_, i) => image(String(i), 'lime', [1, 0], [0, 1, 0]))

  const changes = predictionChanges(many, sides)

  expect([changes.count, changes.images.length]).toEqual([300, 200])
})

test('an image that was deleted since is counted and not listed', async () => {
  const { data } = await openWithFruit()
  const stored = sampleOf('a')
  await data.samples.add('fruit', [stored])
  const change = { label: 'lime', before: 'apple', after: 'lime', confidence: 0.9 }
  const comparison = storedComparison.parse({
    classifier: 'fruit',
    champion: 'v1',
    challenger: 'v2',
    engine: 'onnx',
    images: 40,
    both_right: 38,
    only_champion_right: 0,
    only_challenger_right: 2,
    both_wrong: 0,
    accuracy: Object.fromEntries(
      ['champion', 'challenger', 'gain'].map((side) => [side, { value: 0.9, low: 0.8, high: 1 }]),
    ),
    p_value: 0.5,
    parts: [],
    per_class: [],
    ece: { champion: null, challenger: null },
    latency_ms: { champion: 1, challenger: 1 },
    size_bytes: { champion: 1, challenger: 1 },
    changes: {
      count: 2,
      corrected: 2,
      spoiled: 0,
      images: [
        { hash: stored.image.hash, ...change },
        { hash: 'f'.repeat(64), ...change },
      ],
    },
    verdict: { kind: 'equal', sentence: '', because: [], images: 40, images_needed: null },
    at: '2026-11-21T12:00:00.000Z',
  })

  const answer = await changesAnswer(data, comparison)

  expect(answer).toMatchObject({ version: 'v2', compared_with: 'v1', images: 40, count: 2, corrected: 2 })
  expect(answer.changes).toEqual([
    { sample_id: expect.any(String), image_url: expect.any(String), filename: 'a.png', ...change },
  ])
})
