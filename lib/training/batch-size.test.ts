import { expect, test } from 'vitest'
import { smallNetwork } from '#lib/ml/recipes/small-network.ts'
import { batchWithin, trainMemoryMb } from './batch-size.ts'

const photos = smallNetwork({ size: 32, channels: 3 }, 10)

test('with room enough the recipe has its batch', () => {
  expect(batchWithin(2048, photos, 128)).toBe(128)
})

test('with half a gigabyte a step holds fewer pictures, and never none', () => {
  expect(batchWithin(512, photos, 128)).toBeLessThanOrEqual(64)
  expect(batchWithin(512, photos, 128)).toBeGreaterThanOrEqual(16)
  expect(batchWithin(128, photos, 128)).toBe(4)
})

test('larger pictures take smaller batches', () => {
  expect(batchWithin(700, smallNetwork({ size: 128, channels: 3 }, 10), 128)).toBeLessThan(batchWithin(700, photos, 128))
})

test('left to itself a training takes half of what is free, between half a gigabyte and four', () => {
  expect([200e6, 3e9, 64e9].map((free) => trainMemoryMb('auto', free))).toEqual([512, 1430, 4096])
  expect(trainMemoryMb(900, 64e9)).toBe(900)
})
