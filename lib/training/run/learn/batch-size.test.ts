import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, expect, test } from 'vitest'
import type { EngineName } from '#lib/domain/classifier.ts'
import type { Network } from '#lib/ml/network/network.ts'
import { smallNetwork } from '#lib/ml/recipes/small-network.ts'
import { wideNetwork } from '#lib/ml/recipes/wide-network.ts'
import { batchWithin, trainingMb, trainMemoryMb } from './batch-size.ts'

const photos = { network: smallNetwork({ size: 32, channels: 3 }, 10), batch: 128, engine: 'onnx' } as const

test('with enough memory the recipe has its batch', () => {
  expect(batchWithin(2048, photos)).toBe(128)
})

test('with a quarter of a gigabyte a step holds fewer images', () => {
  expect(batchWithin(256, photos)).toBeLessThanOrEqual(64)
  expect(batchWithin(256, photos)).toBeGreaterThanOrEqual(16)
  expect(batchWithin(256, { ...photos, network: best([64, 160, 160]) })).toBeGreaterThanOrEqual(8)
})

test('larger images take smaller batches, and so does an engine that needs more memory itself', () => {
  expect(batchWithin(400, { ...photos, network: smallNetwork({ size: 128, channels: 3 }, 10) })).toBeLessThan(
    batchWithin(400, photos),
  )
  expect(batchWithin(500, { ...photos, engine: 'tfjs-node' })).toBeLessThan(batchWithin(500, photos))
})

test('a network that does not fit even with few images is refused, with the memory it needs and the remedy', () => {
  const wide = { ...photos, network: best([64, 256, 256]) }

  expect(() => batchWithin(256, wide)).toThrow(
    /1,980,394 parameters need (\d+) MB on the engine onnx.*the limit .* is 256 MB.*recipe "head".*TRAIN_MEMORY_MB=\1/,
  )
  expect(batchWithin(330, wide)).toBe(16)
})

const best = (widths: readonly [number, number, number]): Network =>
  wideNetwork(widths)({ size: 32, channels: 3 }, 10)

/** VmHWM of a process that trained eight steps (on TensorFlow four), predicted 64 images, stored its best weights,
 *  wrote a checkpoint and trained on, MB; Node's compile cache full (2026-11, AMD EPYC, 2 cores). */
const MEASURED: readonly (readonly [EngineName, Network, number, number])[] = [
  ['onnx', best([64, 160, 160]), 4, 189],
  ['onnx', best([64, 160, 160]), 16, 232],
  ['onnx', best([64, 160, 160]), 64, 362],
  ['onnx', best([64, 160, 160]), 128, 542],
  ['onnx', best([64, 256, 256]), 4, 285],
  ['onnx', best([64, 256, 256]), 128, 656],
  ['onnx', wideNetwork([48, 96, 160])({ size: 96, channels: 3 }, 10), 32, 327],
  ['onnx', wideNetwork([32, 64, 128])({ size: 28, channels: 1 }, 10), 128, 285],
  ['onnx', photos.network, 64, 227],
  ['onnx', smallNetwork({ size: 96, channels: 3 }, 10), 32, 312],
  ['wasm', best([64, 160, 160]), 16, 285],
  ['wasm', best([64, 256, 256]), 32, 413],
  ['wasm', wideNetwork([48, 96, 160])({ size: 96, channels: 3 }, 10), 32, 373],
  ['tfjs-node', best([64, 160, 160]), 16, 497],
  ['tfjs-node', best([64, 160, 160]), 128, 675],
  ['tfjs-node', best([64, 256, 256]), 64, 658],
]

test.each(
  MEASURED.map(([engine, network, batch, mb]) => ({ engine, network, batch, mb, name: network.name })),
)(
  '$engine needs for $name with $batch images to a step about the $mb MB that were measured',
  ({ engine, network, batch, mb }) => {
    const estimate = trainingMb({ network, batch, engine })

    expect(Math.abs(estimate / mb - 1)).toBeLessThan(0.1)
  },
)

test('by default training uses the free memory, between a minimum and four gigabytes', () => {
  expect([200e6, 1.5e9, 64e9].map((free) => trainMemoryMb('auto', free))).toEqual([216, 1430, 4096])
  expect(trainMemoryMb(900, 64e9)).toBe(900)
})

const here = (file: string): string => JSON.stringify(path.join(import.meta.dirname, '../../..', file))

/** Some steps with the batch that fits, then predictions, in a process of its own; prints its peak memory. */
const script = (limitMb: number, size: number): string => `
import { readFileSync } from 'node:fs'
import { openEngine } from ${here('engines/open-engine.ts')}
import { initialWeights } from ${here('ml/network/initial-weights.ts')}
import { smallNetwork } from ${here('ml/recipes/small-network.ts')}
import { batchWithin } from ${here('training/run/learn/batch-size.ts')}
const network = smallNetwork({ size: ${size}, channels: 3 }, 10)
const engine = await openEngine('onnx', 'training', { threads: 2 })
const batch = batchWithin(${limitMb}, { network, batch: 128, engine: engine.name })
const weights = initialWeights(network, 1)
const how = { batch, optimiser: { kind: 'adam' }, precision: 'float32' }
const learner = await engine.learner({ network, weights, ...how })
const pixels = (count) => new Float32Array(count * ${size} * ${size} * 3).fill(0.5)
const targets = new Float32Array(batch * 10).map((_, i) => (i % 10 === 0 ? 1 : 0))
for (let step = 0; step < 3; step++) await learner.learn({ pixels: pixels(batch), targets, count: batch }, 0.001)
await learner.predict(pixels(64), 64)
const peakKb = /VmHWM:\\s+(\\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))[1]
process.stdout.write(JSON.stringify({ batch, mb: Number(peakKb) / 1024 }))
process.exit(0)`

const onLinux = test.runIf(process.platform === 'linux')
/** The compile cache that every process of the product has; the first to run fills it, which takes 40 MB more. */
const compiled = mkdtempSync(path.join(tmpdir(), 'darkroom-compiled-'))
afterAll(() => rmSync(compiled, { recursive: true, force: true }))

function train(limitMb: number, size: number): { batch: number; mb: number } {
  const { stdout, stderr } = spawnSync(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', '--input-type=module', '-e', script(limitMb, size)],
    {
      encoding: 'utf8',
      env: { ...process.env, NODE_COMPILE_CACHE: compiled, MALLOC_ARENA_MAX: '2', TF_CPP_MIN_LOG_LEVEL: '3' },
    },
  )
  if (!stdout) throw new Error(stderr)
  return JSON.parse(stdout) as { batch: number; mb: number }
}

onLinux.each([
  [300, 32],
  [600, 96],
])(
  'training that may use %i MB uses no more, on images of %i pixels',
  (limitMb, size) => {
    train(limitMb, 8)
    const { batch, mb } = train(limitMb, size)

    expect(batch).toBeGreaterThan(4)
    expect(mb).toBeLessThanOrEqual(limitMb)
  },
  180_000,
) // 7 s on an idle machine
