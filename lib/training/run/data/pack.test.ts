import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { drawShape } from '#lib/domain/drawn-shapes.ts'
import { encodePng } from '#lib/images/write-png.ts'
import { preprocess } from '#lib/ml/preprocess/preprocess.ts'
import { buildPack, hasPack, openPack, packName, snapshotHash, type PackSource } from './pack.ts'
import { preprocessFor } from '../../shipped/shipped.ts'

const spec = preprocessFor({ size: 24, channels: 3, fit: 'cover' })
const image = (i: number) => drawShape('star', i)
const sample = (i: number, split: PackSource['split'] = 'train'): PackSource => {
  const bytes = encodePng(image(i))
  return {
    hash: createHash('sha256').update(bytes).digest('hex'),
    label: i % 2 ? 'odd' : 'even',
    split,
    bytes,
  }
}
async function* listed(samples: readonly PackSource[]) {
  yield* samples
}

async function packed(samples: readonly PackSource[], onProgress: (done: number) => void = () => undefined) {
  const folder = mkdtempSync(join(tmpdir(), 'darkroom-pack-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const name = await buildPack({
    folder,
    spec,
    samples: listed(samples),
    maxPixels: 1e6,
    onProgress,
    signal: new AbortController().signal,
  })
  return { folder, name }
}

test('each sample is read back as the square of its image, in its split and with its class', async () => {
  const { folder, name } = await packed([sample(1), sample(2, 'test'), sample(3), sample(4)])

  using pack = await openPack(folder, name)
  const set = pack.set('train', ['even', 'odd'])

  expect(set.count).toBe(3)
  expect([...set.labels]).toEqual([1, 1, 0])
  const square = new Uint8Array(24 * 24 * 3 + 5)
  set.read(1, square, 5)
  expect(square.subarray(5)).toEqual(preprocess(image(3), spec))
  expect(pack.set('test', ['even', 'odd']).hashes).toEqual([sample(2).hash])
})

test('a pack is opened by the name of its samples and its preprocessing', async () => {
  const { folder, name } = await packed([sample(1), sample(2)])

  expect(name).toBe(packName(snapshotHash([sample(2), sample(1)]), spec))
  expect(await hasPack(folder, name)).toBe(true)
  expect(packName(snapshotHash([sample(1)]), spec)).not.toBe(name)
  expect(packName(snapshotHash([sample(1), sample(2)]), { ...spec, size: 32 })).not.toBe(name)
})

test('the snapshot hash is the sha256 of the sorted lines, reproducible with standard tools', () => {
  const lines = ['aa b train', 'cc d e test'].join('\n')

  expect(
    snapshotHash([
      { hash: 'cc', label: 'd e', split: 'test' },
      { hash: 'aa', label: 'b', split: 'train' },
    ]),
  ).toBe(createHash('sha256').update(lines).digest('hex'))
})

test('an image that cannot be decoded is left out and named, the others are stored', async () => {
  const broken = { ...sample(1), bytes: sample(1).bytes.subarray(0, 60), hash: 'f'.repeat(64) }

  const { folder, name } = await packed([broken, sample(2)])
  using pack = await openPack(folder, name)

  expect(pack.index.entries.map((entry) => entry.hash)).toEqual([sample(2).hash])
  expect(pack.index.refused).toMatchObject([{ hash: 'f'.repeat(64), reason: expect.any(String) }])
})

test('the same image twice is one sample', async () => {
  const { folder, name } = await packed([sample(1), sample(1), sample(2)])
  using pack = await openPack(folder, name)

  expect(pack.index.entries).toHaveLength(2)
})

test('more squares than fit into one write buffer are all stored', async () => {
  const many = Array.from({ length: 700 }, (_, i) => sample(i)) // 700 × 1,728 bytes: above one mebibyte

  const { folder, name } = await packed(many)
  using pack = await openPack(folder, name)
  const set = pack.set('train', ['even', 'odd'])

  const square = new Uint8Array(24 * 24 * 3)
  for (const i of [0, 605, 606, 607, 699]) {
    set.read(i, square, 0)
    expect(square).toEqual(preprocess(image(i), spec))
  }
})

test('what was decoded before a run was cancelled is not decoded again', async () => {
  const stop = new AbortController()
  const samples = [sample(1), sample(2), sample(3)]
  const folder = mkdtempSync(join(tmpdir(), 'darkroom-pack-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const build = (some: AsyncIterable<PackSource>, signal: AbortSignal) =>
    buildPack({ folder, spec, samples: some, maxPixels: 1e6, onProgress: () => undefined, signal })
  async function* cancelledAfterTwo() {
    yield* samples.slice(0, 2)
    stop.abort()
    yield samples[2]!
  }

  await expect(build(cancelledAfterTwo(), stop.signal)).rejects.toThrow()
  const unreadable = samples.map((one, i) => (i < 2 ? { ...one, bytes: new Uint8Array() } : one))
  const name = await build(listed(unreadable), new AbortController().signal)

  using pack = await openPack(folder, name)
  expect(pack.index).toMatchObject({ refused: [], entries: [{}, {}, {}] })
})

test('of many packs the newest eight stay', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'darkroom-pack-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))

  const names: string[] = []
  for (let i = 0; i < 10; i++)
    names.push(
      await buildPack({
        folder,
        spec,
        samples: listed([sample(i)]),
        maxPixels: 1e6,
        onProgress: () => undefined,
        signal: new AbortController().signal,
      }),
    )

  expect(await Promise.all(names.map((name) => hasPack(folder, name)))).toEqual([
    false,
    false,
    ...Array.from({ length: 8 }, () => true),
  ])
})

test('an image in an older pack is not decoded again, except for another size', async () => {
  const { folder } = await packed([sample(1), sample(2)])
  // only the older pack has its pixels
  const unreadable = { ...sample(1), split: 'test' as const, bytes: new Uint8Array(8) }
  const make = async (how: typeof spec) =>
    openPack(
      folder,
      await buildPack({
        folder,
        spec: how,
        samples: listed([unreadable, sample(3)]),
        maxPixels: 1e6,
        onProgress: () => undefined,
        signal: new AbortController().signal,
      }),
    )

  using alike = await make(spec)
  using larger = await make({ ...spec, size: 32 })

  const square = new Uint8Array(24 * 24 * 3)
  alike.set('test', ['even', 'odd']).read(0, square, 0)
  expect(square).toEqual(preprocess(image(1), spec))
  expect(alike.index.refused).toEqual([])
  expect(larger.index.refused).toHaveLength(1)
})
