import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { comparableImages, type RefitVersion } from './comparable-images.ts'
import type { StoredAnswers } from './stored-answers.ts'

const row = (hash: string, group: number, counts = true) => ({ hash, group, counts, logits: [1, 0] })

/** Two versions of a classifier with these images; `rows`: of folds.json, null: evaluated by splits. */
function versions(parts: {
  readonly samples: readonly { readonly hash: string; readonly split: string; readonly source?: string }[]
  readonly champion: {
    readonly trained: readonly string[] | 'shipped'
    readonly rows: readonly object[] | null
  }
  readonly challenger: { readonly trained: readonly string[]; readonly rows: readonly object[] | null }
  readonly stored?: StoredAnswers
  readonly refit?: RefitVersion
}) {
  const root = mkdtempSync(join(tmpdir(), 'darkroom-comparable-'))
  onTestFinished(() => rmSync(root, { recursive: true, force: true }))
  const version = (side: 'champion' | 'challenger') => {
    const folder = join(root, side)
    mkdirSync(folder)
    const { rows } = parts[side]
    if (rows) writeFileSync(join(folder, 'folds.json'), JSON.stringify({ format: 1, folds: 5, rows }))
    const runId = parts[side].trained === 'shipped' ? null : side
    return { id: side, classifierId: 'c', runId, folder, card: { engine: 'onnx' } } as never
  }
  const data = {
    samples: { all: async () => parts.samples.map((one) => ({ ...one, label: 'a' })) },
    runs: { get: async (id: 'champion' | 'challenger') => ({ snapshotId: id }) },
    snapshots: {
      entriesOf: async (id: 'champion' | 'challenger') =>
        [...parts[id].trained].map((hash) => ({ hash, label: 'a', split: 'train' })),
      openTest: async () => 1,
    },
  } as never
  const [champion, challenger] = [version('champion'), version('challenger')]
  return comparableImages(
    data,
    { champion, challenger },
    {
      stored: parts.stored ?? (async () => new Map()),
      refit: parts.refit ?? (async () => null),
    },
  )
}

const hashes = (images: Awaited<ReturnType<typeof versions>>) => images.entries.map(({ hash }) => hash)
const samples = ['1', '2', '3', '4'].map((hash) => ({ hash, split: 'train' }))

test('both are compared on images that each answered out of fold, or was not trained on', async () => {
  const images = await versions({
    samples,
    champion: { trained: ['1', '2'], rows: [row('1', 0), row('2', 1)] },
    challenger: { trained: ['1', '2', '3', '4'], rows: [row('1', 0), row('2', 1), row('3', 2)] },
  })

  expect(hashes(images)).toEqual(['1', '2', '3'])
  expect(images.folds).toMatchObject({ folds: 5, reused: { images: 2, of: 2 } })
})

test('new images are answered by stored features where there are some', async () => {
  const images = await versions({
    samples,
    champion: { trained: ['1', '2'], rows: [row('1', 0), row('2', 1)] },
    challenger: {
      trained: ['1', '2', '3', '4'],
      rows: [row('1', 0), row('2', 1), row('3', 2), row('4', 3)],
    },
    stored: async (_version, missing, engine) =>
      new Map(missing.includes('3') && engine === 'onnx' ? [['3', Float32Array.of(0, 7)]] : []),
  })

  expect(hashes(images)).toEqual(['1', '2', '3', '4'])
  expect([...images.folds!.champion]).toEqual([
    ['1', Float32Array.of(1, 0)],
    ['2', Float32Array.of(1, 0)],
    ['3', Float32Array.of(0, 7)],
  ])
})

test('near-copies count once, by an image that both were trained on if there is one', async () => {
  const images = await versions({
    samples,
    champion: { trained: ['1', '2'], rows: [row('1', 0), row('2', 1)] },
    challenger: {
      trained: ['1', '2', '3', '4'],
      rows: [row('3', 0), row('1', 0, false), row('2', 1), row('4', 2)],
    },
  })

  expect(hashes(images)).toEqual(['1', '2', '4'])
})

test('a near-copy of an image that the other was trained on, and has no answer for, is not compared', async () => {
  const images = await versions({
    samples,
    champion: { trained: ['1', '2'], rows: [row('2', 1)] },
    challenger: {
      trained: ['1', '2', '3', '4'],
      rows: [row('3', 0), row('1', 0, false), row('2', 1), row('4', 2)],
    },
  })

  expect(hashes(images)).toEqual(['2', '4'])
})

test('new images that are all near-copies of earlier ones are known as such', async () => {
  const trained = { champion: ['1', '2'], challenger: ['1', '2', '3'] }
  const added = async (group: number) => {
    const images = await versions({
      samples,
      champion: { trained: trained.champion, rows: [row('1', 0), row('2', 1)] },
      challenger: {
        trained: trained.challenger,
        rows: [row('1', 0), row('2', 1), row('3', group, group > 1)],
      },
    })
    return { hashes: hashes(images), addsOnlyCopies: images.folds!.addsOnlyCopies }
  }

  expect(await added(0)).toEqual({ hashes: ['1', '2', '4'], addsOnlyCopies: true })
  expect(await added(2)).toEqual({ hashes: ['1', '2', '3', '4'], addsOnlyCopies: false })
})

test('a version without answers by folds is refitted where the other one has some', async () => {
  const images = await versions({
    samples,
    champion: { trained: ['1', '2'], rows: null },
    challenger: { trained: ['1', '2', '3'], rows: [row('1', 0), row('2', 1), row('3', 2)] },
    refit: async () => ({
      format: 1,
      folds: 4,
      rows: [{ hash: '1', group: 0, counts: true, logits: [0, 3] }],
    }),
  })

  expect(hashes(images)).toEqual(['1', '3', '4'])
  expect(images.folds!.champion.get('1')).toEqual(Float32Array.of(0, 3))
})

test('a shipped version is not compared on images of the data set that it was trained on', async () => {
  const images = await versions({
    samples: [
      { hash: '1', split: 'train', source: 'dataset' },
      { hash: '2', split: 'test', source: 'dataset' },
      { hash: '3', split: 'train', source: 'upload' },
    ],
    champion: { trained: 'shipped', rows: null },
    challenger: { trained: ['1', '2', '3'], rows: [row('1', 0), row('2', 1), row('3', 2)] },
  })

  expect(hashes(images)).toEqual(['2', '3'])
})

test('versions that were evaluated by splits are compared on their test images', async () => {
  const images = await versions({
    samples: [...samples, { hash: '5', split: 'test' }],
    champion: { trained: ['1'], rows: null },
    challenger: { trained: ['1', '2'], rows: null },
  })

  expect(hashes(images)).toEqual(['5'])
  expect(images.folds).toBeNull()
})
