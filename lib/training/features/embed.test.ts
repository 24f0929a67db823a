import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { drawShape } from '#lib/domain/drawn-shapes.ts'
import type { Engine } from '#lib/engines/engine.ts'
import { openEngine } from '#lib/engines/open-engine.ts'
import { readBundle, type Bundle } from '#lib/ml/formats/bundle.ts'
import { withHead } from '#lib/ml/network/head-network.ts'
import { featureLength } from '#lib/ml/network/network.ts'
import { preprocess } from '#lib/ml/preprocess/preprocess.ts'
import type { SampleSet } from '#lib/ml/learn/sample-set.ts'
import { embed, type EmbeddingParts } from './embed.ts'
import { asStored, readRows, writeRows } from './feature-cache.ts'
import type { View } from './views.ts'

let engine: Engine
let shapes: Bundle
beforeAll(async () => {
  engine = await openEngine('auto', 'inference')
  shapes = await readBundle(fileURLToPath(new URL('../../../models/shapes/v1', import.meta.url)))
})
afterAll(() => engine[Symbol.asyncDispose]())

function place(): string {
  const folder = mkdtempSync(join(tmpdir(), 'darkroom-embed-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

function drawn(count: number): SampleSet {
  const squares = Array.from({ length: count }, (_, i) => preprocess(drawShape('star', i), shapes.preprocess))
  return {
    count,
    hashes: squares.map((_, i) => i.toString(16).padStart(64, '0')),
    labels: new Int32Array(count),
    targets: null,
    read: (i, out, offset) => out.set(squares[i]!, offset),
  }
}

const embedded = (
  count: number,
  folder: string,
  { mirrored = false, model = shapes as Pick<Bundle, 'network' | 'weights'> } = {},
) => embeddedSet(drawn(count), folder, { ...model }, mirrored ? ['plain', 'mirrored'] : ['plain'])

const embeddedSet = (
  set: SampleSet,
  folder: string,
  parts: Partial<EmbeddingParts> = {},
  views: readonly View[] = ['plain'],
) =>
  embed([{ set, views }], {
    engine,
    network: shapes.network,
    weights: shapes.weights,
    spec: shapes.preprocess,
    folder,
    onProgress: () => undefined,
    signal: new AbortController().signal,
    ...parts,
  })

test('features equal the output of the network, also when they come from the cache', async () => {
  const folder = place()
  const {
    sets: [computed],
  } = await embedded(3, folder)
  const {
    sets: [cached],
  } = await embedded(3, folder)

  await engine.load('plain', shapes)
  const pixels = new Float32Array(32 * 32 * 3)
  preprocess(drawShape('star', 2), shapes.preprocess).forEach((byte, i) => {
    pixels[i] = (byte / 255 - shapes.preprocess.mean[i % 3]!) / shapes.preprocess.std[i % 3]!
  })
  const { features } = await engine.run('plain', pixels, 1)
  await engine.unload('plain')

  const length = featureLength(shapes.network)
  features!.forEach((value, d) => expect(computed!.views[0]![2 * length + d]).toBeCloseTo(value, 2))
  expect(cached!.views[0]).toEqual(computed!.views[0])
})

test('only missing features are computed: those of new images, and of mirror images next to plain ones', async () => {
  const folder = place()

  const computed = []
  for (const [count, mirrored] of [
    [4, false],
    [6, false],
    [6, true],
    [6, true],
    [5, true],
  ] as const)
    computed.push((await embedded(count, folder, { mirrored })).computed)

  expect(computed).toEqual([4, 2, 6, 0, 0])
})

test('features of other images stay', async () => {
  const folder = place()
  const set = drawn(6)
  const part = (from: number, to: number): SampleSet => ({
    ...set,
    count: to - from,
    hashes: set.hashes.slice(from, to),
    labels: set.labels.slice(from, to),
    read: (i, out, offset) => set.read(from + i, out, offset),
  })

  const first = await embeddedSet(part(0, 4), folder)
  const others = await embeddedSet(part(4, 6), folder)
  const all = await embeddedSet(set, folder)

  expect([first.computed, others.computed, all.computed]).toEqual([4, 2, 0])
  expect(all.sets[0]!.views[0]).toEqual(
    Float32Array.of(...first.sets[0]!.views[0]!, ...others.sets[0]!.views[0]!),
  )
})

test('what was computed before a run was cancelled is not computed again', async () => {
  const folder = place()
  const stop = new AbortController()

  const cancelled = embeddedSet(drawn(70), folder, {
    signal: stop.signal,
    onProgress: (images) => {
      if (images > 0) stop.abort()
    },
  })

  await expect(cancelled).rejects.toThrow()
  expect((await embeddedSet(drawn(70), folder)).computed).toBe(70 - 32) // one batch of 32 was done
})

test('another head on the same layers reuses the features; another network does not', async () => {
  const folder = place()
  await embedded(4, folder)
  const length = featureLength(shapes.network)
  const otherHead = withHead(shapes.network, shapes.weights, {
    kernel: new Float32Array(length * 2),
    bias: new Float32Array(2),
  })
  const [first] = shapes.network.layers
  const otherLayers = {
    network: shapes.network,
    weights: {
      ...shapes.weights,
      [`${first!.name}/kernel`]: shapes.weights[`${first!.name}/kernel`]!.map((value) => -value),
    },
  }

  expect((await embedded(4, folder, { model: otherHead })).computed).toBe(0)
  expect((await embedded(4, folder, { model: otherLayers })).computed).toBe(4)
})

test('a truncated cache is computed again', async () => {
  const folder = place()
  await embedded(2, folder)
  for (const name of readdirSync(folder)) writeFileSync(join(folder, name, 'rows.f16'), 'torn')

  expect((await embedded(2, folder)).computed).toBe(2)
  expect((await embedded(2, folder)).computed).toBe(0)
})

test('twelve networks are cached, and the one used longest ago is removed first', async () => {
  const folder = place()
  const store = (name: string) =>
    writeRows(folder, name, { length: 1, keys: ['a'], rows: new Float32Array(1) })
  for (let i = 0; i < 12; i++) await store(`network-${i}`)
  await readRows(folder, 'network-0', 1)

  await store('network-12')

  expect(readdirSync(folder)).toHaveLength(12)
  expect((await readRows(folder, 'network-0', 1)).size).toBe(1)
  expect((await readRows(folder, 'network-1', 1)).size).toBe(0)
})

test('features are stored as float16, and read from the cache as they were computed', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'darkroom-embed-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const rows = asStored(Float32Array.of(1 / 3, -70_000, 1e-9, 2))

  await writeRows(folder, 'network', { length: 2, keys: ['a', 'b'], rows })

  expect(statSync(join(folder, 'network', 'rows.f16')).size).toBe(4 * 2)
  const read = await readRows(folder, 'network', 2)
  expect([...read.get('a')!, ...read.get('b')!]).toEqual([...rows])
  expect(rows[0]).toBeCloseTo(1 / 3, 3)
  expect(rows[1]).toBe(-65_504)
})

test('fewer images run at once where training may use less memory, and their features are the same', async () => {
  const batches: number[] = []
  const counting: Engine = {
    ...engine,
    name: engine.name,
    load: engine.load.bind(engine),
    unload: engine.unload.bind(engine),
    run: (key, pixels, count) => {
      batches.push(count)
      return engine.run(key, pixels, count)
    },
  }

  const ample = await embeddedSet(drawn(40), place(), { engine: counting })
  expect(batches).toEqual([32, 8])
  batches.length = 0
  const tight = await embeddedSet(drawn(40), place(), { engine: counting, memoryMb: 128 })

  expect(Math.max(...batches)).toBeLessThan(32)
  expect(batches.reduce((sum, count) => sum + count, 0)).toBe(40)
  for (const [i, value] of tight.sets[0]!.views[0]!.entries())
    expect(value).toBeCloseTo(ample.sets[0]!.views[0]![i]!, 2)
})
