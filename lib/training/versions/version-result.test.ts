import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { evaluatedImages, MOST_MISTAKES } from '#lib/contracts/version-result.ts'
import { imagesOfVersion, versionResult } from './version-result.ts'

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
  /** [hash, logits] of test.json; absent: there is none. */
  readonly tested?: readonly (readonly [string, readonly [number, number]])[]
}

/** A version of two classes, "cat" and "dog", and the data it was trained on. */
function versionOf({ rows, trained, stored = trained, card = {}, tested }: Parts) {
  const folder = mkdtempSync(join(tmpdir(), 'darkroom-result-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  if (rows) {
    const stated = rows.map(([hash, logits, counts = true], group) => ({ hash, logits, counts, group }))
    writeFileSync(join(folder, 'folds.json'), JSON.stringify({ format: 1, folds: 5, rows: stated }))
  }
  if (tested) {
    const stated = tested.map(([hash, logits]) => ({ hash, logits }))
    writeFileSync(join(folder, 'test.json'), JSON.stringify({ format: 1, rows: stated }))
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
    card: { test: null, folds: FOLDS, validation: null, decision: null, ...card },
  }
  return { data, version: version as never }
}

const resultOf = (parts: Parts) => {
  const { data, version } = versionOf(parts)
  return versionResult(data, version)
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
    confident: null,
    test: { images: 24, accuracy: ACCURACY, mistakes: null },
    cross_validation: null,
    validation: null,
  })
})

test('without stored predictions the mistakes are unknown, not none', async () => {
  expect(await mistakesOf({ rows: null, trained: {} })).toBeNull()
})

const CONFUSED: Parts = {
  rows: [
    ['1', [3, 0]],
    ['2', [2, 0]],
    ['3', [1, 0]],
    ['4', [0, 5]],
    ['5', [4, 0], false],
  ],
  trained: { '1': 'cat', '2': 'dog', '3': 'dog', '4': 'dog', '5': 'dog' },
}

const imagesOf = (parts: Parts, query: object) => {
  const { data, version } = versionOf(parts)
  return imagesOfVersion(data, version, evaluatedImages.input.parse({ id: UUID, ...query }))
}
const UUID = '01930000-0000-7000-8000-000000000000'

test('the images behind a cell of the confusion matrix are listed, page by page', async () => {
  const cell = { label: 'dog', predicted: 'cat', limit: 1 }
  const first = await imagesOf(CONFUSED, cell)
  const second = await imagesOf(CONFUSED, { ...cell, cursor: first.next_cursor })

  expect(first).toMatchObject({ source: 'cross_validation', total: 2, images: [{ sample_id: 's2' }] })
  expect(second).toMatchObject({ total: 2, images: [{ sample_id: 's3' }], next_cursor: null })
})

test.each([
  ['all', ['s4', 's1', 's2', 's3']],
  ['correct', ['s4', 's1']],
  ['incorrect', ['s2', 's3']],
])('the images of the outcome "%s" are those that the accuracy counts', async (outcome, ids) => {
  const { images, total } = await imagesOf(CONFUSED, { outcome })

  expect(images.map(({ sample_id: id }) => id)).toEqual(ids)
  expect(total).toBe(ids.length)
})

test('a deleted image is counted, and not listed', async () => {
  const stored = { '1': 'cat', '2': 'dog', '4': 'dog' }

  expect(await imagesOf({ ...CONFUSED, stored }, { outcome: 'incorrect' })).toMatchObject({
    total: 2,
    deleted: 1,
    images: [{ sample_id: 's2' }],
  })
})

test('a version without stored predictions says so', async () => {
  expect(await imagesOf({ ...CONFUSED, rows: null }, {})).toMatchObject({
    source: null,
    total: 0,
    images: [],
  })
})

const TESTED: Parts = {
  ...CONFUSED,
  card: { test: { images: 2, accuracy: ACCURACY }, calibration: { temperature: 2 } },
  trained: { ...CONFUSED.trained, '8': 'cat', '9': 'cat' },
  tested: [
    ['8', [1, 0]],
    ['9', [0, 2]],
  ],
}

test('the mistakes on test images are listed with the confidence that a prediction has', async () => {
  const { test: measured } = await resultOf(TESTED)

  expect(measured?.mistakes).toMatchObject({ count: 1, images: [{ sample_id: 's9', predicted: 'dog' }] })
  expect(measured?.mistakes?.images[0]?.confidence).toBeCloseTo(1 / (1 + Math.exp(-1)), 6)
})

test('where there are test images, they are listed unless the cross-validation is requested', async () => {
  const ids = async (query: object) => (await imagesOf(TESTED, query)).images.map(({ sample_id: id }) => id)

  expect(await ids({})).toEqual(['s9', 's8'])
  expect(await ids({ source: 'cross_validation' })).toEqual(['s4', 's1', 's2', 's3'])
  expect(await imagesOf({ ...TESTED, tested: undefined }, {})).toMatchObject({ source: null, total: 0 })
})

test('four images are too few for a confident prediction; the result says how many more may be enough', async () => {
  const { confident } = await resultOf({ rows: null, trained: {} })

  expect(confident).toEqual({ share: 0, error: null, more_images: 55 })
})
