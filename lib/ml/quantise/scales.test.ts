import { expect, test } from 'vitest'
import { affineOf, quantisedBias, quantisedKernel } from './scales.ts'

test.each([
  // 2.55 / 255 = 0.01 per step; zero is at the lowest byte after a relu
  ['of a relu', [0, 2.55] as const, { scale: 0.01, zeroPoint: 0 }],
  // 5.1 / 255 = 0.02 per step; zero is 1.02 / 0.02 = 51 steps above the lowest
  ['with both signs', [-1.02, 4.08] as const, { scale: 0.02, zeroPoint: 51 }],
  ['without zero is extended to it', [1, 5.1] as const, { scale: 0.02, zeroPoint: 0 }],
  ['below zero is extended to it', [-5.1, -1] as const, { scale: 0.02, zeroPoint: 255 }],
  ['of nothing but zeros', [0, 0] as const, { scale: 1, zeroPoint: 0 }],
])('a range %s', (_, range, { scale, zeroPoint }) => {
  expect(affineOf(range).scale).toBeCloseTo(scale, 7)
  expect(affineOf(range).zeroPoint).toBe(zeroPoint)
})

test('each output channel of a kernel has its own scale, and its largest weight becomes 127', () => {
  // two inputs × two outputs: channel 0 has 0.5 and −1.27, channel 1 has 254 and −127
  const kernel = Float32Array.of(0.5, 254, -1.27, -127)

  const { values, scales } = quantisedKernel(kernel, 2, 1)

  expect([...values]).toEqual([50, 127, -127, -63]) // −63.5 is rounded up
  expect(scales[0]).toBeCloseTo(0.01)
  expect(scales[1]).toBeCloseTo(2)
})

test('a channel without weights stays zero', () => {
  expect([...quantisedKernel(Float32Array.of(0, 0), 1, 2).values]).toEqual([0, 0])
})

test('a bias is counted in the units of the sums: input scale × kernel scale of its channel', () => {
  // 0.5 / (0.1 × 0.01) = 500; −3 / (0.1 × 2) = −15; 1e9 / 0.001 is beyond 32 bits
  expect([...quantisedBias(Float32Array.of(0.5, -3, 1e9), 0.1, Float32Array.of(0.01, 2, 0.01))]).toEqual([
    500,
    -15,
    2 ** 31 - 1,
  ])
})
