import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { MOST_MISTAKES } from '#lib/contracts/version-result.ts'
import { versionResult } from './version-result.ts'

const ACCURACY = { value: 0.5, low: 0.3, high: 0.7 }
const FOLDS = { images: 4, near_copies: 1, accuracy: ACCURACY, balanced_accuracy: null }

type Parts = {
  /** [hash, logits of cat and dog, whether it counts]; null: no folds.json */
  readonly rows: readonly (readonly [string, readonly [number, number], boolean?])[] | null
  /** Labels in training, by hash. */
  readonly trained: Readonly<Record<string, string>>
  /** Labels today; a deleted image is absent. */
  readonly stored?: Readonly<Record<string, string>>
  readonly card?: object
}

/** The result of a version of two classes, "cat" and "dog". */
function resultOf({ rows, trained, stored = trained, card = {} }: Parts) {
  const folder = mkdtempSync(join(tmpdir(), 'darkroom-result-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  if (rows) {
    const stated = rows.map(([hash, logits, counts = true], group) => ({ hash, logits, counts, group }))
    writeFileSync(join(folder, 'folds.json'), JSON.stringify({ format: 1, folds: 5, rows: stated }))
  }
  const data = {
    samples: {
      all: async () =>
        Object.entries(stored).map(([hash, label]) => ({ id: `s${hash}`, hash, label, filename: null })),
    },
    runs: { get: async () => ({ snapshotId: 'snapshot' }) },
    snapshots: {
      entriesOf: async () =>
        Object.entries(trained).map(([hash, label]) => ({ hash, label, split: 'train' })),
    },
  } as never
  const version = {
    classifierId: 'pets',
    name: 'v1',
    runId: 'run',
    folder,
    classes: ['cat', 'dog'],
    card: { test: null, folds: FOLDS, validation: null, ...card },
  }
  return versionResult(data, version as never)
}

const mistakesOf = async (parts: Parts) => (await resultOf(parts)).cross_validation?.mistakes

test('mistakes are listed with both classes, the surest first', async () => {
  const mistakes = await mistakesOf({
    rows: [
      ['1', [2, 0]],
      ['2', [1, 0]],
      ['3', [0, 3]],
    ],
    trained: { '1': 'cat', '2': 'dog', '3': 'cat' },
  })

  expect(mistakes?.count).toBe(2)
  expect(mistakes?.images).toMatchObject([
    { sample_id: 's3', image_url: '/api/samples/s3/image', label: 'cat', predicted: 'dog' },
    { sample_id: 's2', label: 'dog', predicted: 'cat' },
  ])
  expect(mistakes?.images[0]?.confidence).toBeCloseTo(1 / (1 + Math.exp(-3)), 6)
})

test('a near-copy that does not count in the accuracy is no mistake either', async () => {
  const mistakes = await mistakesOf({
    rows: [
      ['1', [0, 1]],
      ['2', [0, 1], false],
    ],
    trained: { '1': 'cat', '2': 'cat' },
  })

  expect(mistakes).toMatchObject({ count: 1, images: [{ sample_id: 's1' }] })
})

test('the label is that of the training run, although it was corrected since', async () => {
  const mistakes = await mistakesOf({
    rows: [['1', [0, 1]]],
    trained: { '1': 'cat' },
    stored: { '1': 'dog' },
  })

  expect(mistakes).toMatchObject({ count: 1, images: [{ label: 'cat', predicted: 'dog' }] })
})

test('a deleted image is counted, but not shown', async () => {
  const mistakes = await mistakesOf({ rows: [['1', [0, 1]]], trained: { '1': 'cat' }, stored: {} })

  expect(mistakes).toEqual({ count: 1, images: [] })
})

test('of many mistakes all are counted, and only the first are listed', async () => {
  const hashes = Array.from({ length: MOST_MISTAKES + 3 }, (_, i) => String(i))

  const mistakes = await mistakesOf({
    rows: hashes.map((hash) => [hash, [0, 1]] as const),
    trained: Object.fromEntries(hashes.map((hash) => [hash, 'cat'])),
  })

  expect(mistakes?.count).toBe(MOST_MISTAKES + 3)
  expect(mistakes?.images).toHaveLength(MOST_MISTAKES)
})

test('a version with test images has their figures, and no cross-validation or mistakes', async () => {
  const result = await resultOf({
    rows: null,
    trained: {},
    card: { folds: null, test: { images: 24, accuracy: ACCURACY, loss: 1 } },
  })

  expect(result).toEqual({
    classifier: 'pets',
    version: 'v1',
    test: { images: 24, accuracy: ACCURACY },
    cross_validation: null,
    validation: null,
  })
})

test('without stored predictions the mistakes are unknown, not none', async () => {
  expect(await mistakesOf({ rows: null, trained: {} })).toBeNull()
})
