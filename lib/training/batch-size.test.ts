import { spawnSync } from 'node:child_process'
import path from 'node:path'
import { expect, test } from 'vitest'
import { smallNetwork } from '#lib/ml/recipes/small-network.ts'
import { batchWithin, trainMemoryMb } from './batch-size.ts'

const photos = { network: smallNetwork({ size: 32, channels: 3 }, 10), batch: 128, engine: 'onnx' } as const

test('with room enough the recipe has its batch', () => {
  expect(batchWithin(2048, photos)).toBe(128)
})

test('with a quarter of a gigabyte a step holds fewer pictures, and never none', () => {
  expect(batchWithin(300, photos)).toBeLessThanOrEqual(64)
  expect(batchWithin(256, photos)).toBeGreaterThanOrEqual(8)
  expect(batchWithin(128, photos)).toBe(4)
})

test('larger pictures take smaller batches, and so does an engine that takes more itself', () => {
  expect(batchWithin(400, { ...photos, network: smallNetwork({ size: 128, channels: 3 }, 10) })).toBeLessThan(batchWithin(400, photos))
  expect(batchWithin(500, { ...photos, engine: 'tfjs-node' })).toBeLessThan(batchWithin(500, photos))
})

test('left to itself a training takes half of what is free, between a quarter of a gigabyte and four', () => {
  expect([200e6, 3e9, 64e9].map((free) => trainMemoryMb('auto', free))).toEqual([256, 1430, 4096])
  expect(trainMemoryMb(900, 64e9)).toBe(900)
})

const here = (file: string): string => JSON.stringify(path.join(import.meta.dirname, '..', file))

/** Some steps with the batch that fits, then answers, in a process of its own; prints the most that it held. */
const learns = (limitMb: number, size: number): string => `
import { readFileSync } from 'node:fs'
import { openEngine } from ${here('engines/open-engine.ts')}
import { initialWeights } from ${here('ml/initial-weights.ts')}
import { smallNetwork } from ${here('ml/recipes/small-network.ts')}
import { batchWithin } from ${here('training/batch-size.ts')}
const network = smallNetwork({ size: ${size}, channels: 3 }, 10)
const engine = await openEngine('auto', 'training', { threads: 2 })
const batch = batchWithin(${limitMb}, { network, batch: 128, engine: engine.name })
const learner = await engine.learner({ network, weights: initialWeights(network, 1), batch, optimiser: { kind: 'adam' }, precision: 'float32' })
const pixels = (count) => new Float32Array(count * ${size} * ${size} * 3).fill(0.5)
const targets = new Float32Array(batch * 10).map((_, i) => (i % 10 === 0 ? 1 : 0))
for (let step = 0; step < 3; step++) await learner.learn({ pixels: pixels(batch), targets, count: batch }, 0.001)
await learner.predict(pixels(64), 64)
process.stdout.write(JSON.stringify({ batch, mb: Number(/VmHWM:\\s+(\\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))[1]) / 1024 }))
process.exit(0)`

test.runIf(process.platform === 'linux').each([[300, 32], [600, 96]])('a training that may take %i MB takes no more, on pictures of %i pixels', (limitMb, size) => {
  const { stdout, stderr } = spawnSync(process.execPath, ['--disable-warning=ExperimentalWarning', '--input-type=module', '-e', learns(limitMb, size)], { encoding: 'utf8', env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: '3' } })
  const { batch, mb } = JSON.parse(stdout || JSON.stringify({ error: stderr })) as { batch: number; mb: number }

  expect(batch).toBeGreaterThan(4)
  expect(mb).toBeLessThanOrEqual(limitMb)
}, 180_000) // 4 s on an idle machine
