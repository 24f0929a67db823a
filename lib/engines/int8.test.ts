import { afterAll, expect, test } from 'vitest'
import { tinyNetworks, liveWeights, someBatch } from '#lib/ml/network/networks.fakes.ts'
import type { Network, Weights } from '#lib/ml/network/network.ts'
import { rangeOf } from '#lib/ml/quantise/calibrate.ts'
import { quantisedGraph, type Ranges } from '#lib/ml/quantise/quantised-graph.ts'
import { float32Reason } from '#lib/ml/quantise/quantised-values.ts'
import { loadOrt } from './ort/library.ts'
import { createOrtEngine } from './ort/ort-engine.ts'

const IMAGES = 24
const library = await loadOrt('onnx', { threads: 1 })
const engine = createOrtEngine(library)
afterAll(() => engine[Symbol.asyncDispose]())

async function rangesIn(
  model: { network: Network; weights: Weights },
  pixels: Float32Array,
): Promise<Ranges> {
  await using opened = await engine.openExtremes!(model)
  const extremes = await opened.extremes(pixels, IMAGES)
  return Object.fromEntries(
    [...extremes].map(([layer, { lows, highs }]) => [layer, rangeOf([...lows], [...highs])]),
  )
}

const spreadOf = (values: Float32Array): number => {
  const mean = values.reduce((a, b) => a + b, 0) / values.length
  return Math.sqrt(values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / values.length)
}

const quantised = tinyNetworks.filter((network) => float32Reason(network) === null)

test('most tiny networks can be quantised', () => {
  expect(quantised.length).toBeGreaterThan(4)
})

test.each(quantised.map((network) => [network.name, network] as const))(
  'with 8-bit numbers, the logits stay near those of float32: %s',
  async (_, network) => {
    const weights = liveWeights(network, 3)
    const { pixels } = someBatch(network, IMAGES, 5)
    const ranges = await rangesIn({ network, weights }, pixels)
    await engine.load('float32', { network, weights })
    await engine.load('int8', { network, weights, ranges })

    const float32 = await engine.run('float32', pixels, IMAGES)
    const int8 = await engine.run('int8', pixels, IMAGES)

    const off = spreadOf(int8.logits.map((x, i) => x - float32.logits[i]!))
    expect(off).toBeGreaterThan(0) // it is another computation
    expect(off).toBeLessThan(0.1 * spreadOf(float32.logits))
    expect(int8.features?.length).toBe(float32.features?.length)
  },
)

test('a range that is missing is named', () => {
  const network = quantised[0]!
  expect(() => quantisedGraph(network, liveWeights(network, 3), { input: [0, 1] })).toThrow(
    /there is no range for l0/,
  )
})

test('WebAssembly computes with float32 only', async () => {
  await using wasm = createOrtEngine(await loadOrt('wasm', { threads: 1 }))
  expect(wasm.openExtremes).toBeUndefined()
})
