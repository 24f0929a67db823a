import { expect, test } from 'vitest'
import type { Card } from '#lib/contracts/bundle.ts'
import { fasterOf, precisionsToTry, probeTimes, type PrecisionFacts } from './choose-precision.ts'

const figures = {
  is_accepted: true,
  reason: null,
  ranged: 512,
  images: 1_000,
  agreement: 1,
  accuracy_lost: null,
  test: null,
  calibration: null,
  decision: null,
  candidates: null,
} satisfies NonNullable<Card['int8']>
const facts: PrecisionFacts = {
  setting: 'auto',
  isPossible: true,
  engine: 'onnx',
  hasRanges: true,
  card: { int8: figures },
}

test('auto tries both, int8 and float32 themselves only', () => {
  expect(precisionsToTry(facts)).toEqual({ precisions: ['float32', 'int8'], note: null })
  expect(precisionsToTry({ ...facts, setting: 'int8' })).toEqual({ precisions: ['int8'], note: null })
  expect(precisionsToTry({ ...facts, setting: 'float32' })).toEqual({ precisions: ['float32'], note: null })
})

test.each<[string, Partial<PrecisionFacts>, RegExp]>([
  ['the engine cannot', { isPossible: false, engine: 'wasm' }, /engine wasm computes with float32 only/],
  ['it was not measured', { card: {} }, /without a measurement of int8/],
  [
    'it is not accepted',
    { card: { int8: { ...figures, is_accepted: false, reason: 'It lost too much.' } } },
    /It lost too much\./,
  ],
  ['its ranges are missing', { hasRanges: false }, /does not allow int8/],
])('float32 is used where %s; only when int8 is set, it is stated', (_, change, note) => {
  expect(precisionsToTry({ ...facts, ...change })).toEqual({ precisions: ['float32'], note: null })
  const requested = precisionsToTry({ ...facts, ...change, setting: 'int8' })
  expect(requested.precisions).toEqual(['float32'])
  expect(requested.note).toMatch(note)
})

test('int8 serves where it is at least 5 % faster', () => {
  expect(fasterOf({ float32: 10.6, int8: 10 }).precision).toBe('int8')
  expect(fasterOf({ float32: 10.4, int8: 10 })).toEqual({
    precision: 'float32',
    note: 'int8 is not faster: 2.50 ms per image with int8, 2.60 ms with float32 on this machine.',
  })
})

test('the fastest run of each counts, without the first', async () => {
  // the times that runs take, in turns: float32, int8
  const durations = [1, 1, 8, 5, 6, 4, 7, 9, 8, 8, 8, 8, 8, 8]
  let now = 0
  const times = await probeTimes(
    async () => {
      now += durations.shift()!
    },
    () => now,
  )

  expect(times).toEqual({ float32: 6, int8: 4 })
})
