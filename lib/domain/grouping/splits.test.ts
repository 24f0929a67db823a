import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { splitOf } from './splits.ts'

const hashes = Array.from({ length: 2_000 }, (_, i) =>
  createHash('sha256').update(`picture ${i}`).digest('hex'),
)

test('images without a split are divided 65 : 15 : 20, independently of the uploader', () => {
  const splits = hashes.map((hash) => splitOf(hash, null))

  expect(splits.filter((s) => s === 'test').length / 2_000).toBeCloseTo(0.2, 1)
  expect(splits.filter((s) => s === 'validation').length / 2_000).toBeCloseTo(0.15, 1)
  expect(hashes.map((hash) => splitOf(hash, null))).toEqual(splits)
})

test('an image uploaded as a test image is never trained on, one uploaded for training never tested on', () => {
  expect(new Set(hashes.map((hash) => splitOf(hash, 'test')))).toEqual(new Set(['test']))
  expect(new Set(hashes.map((hash) => splitOf(hash, 'train')))).toEqual(new Set(['train', 'validation']))
})

test('a string that is not a hash has no split', () => {
  expect(() => splitOf('ABC', null)).toThrow(/not a sha256/)
})
