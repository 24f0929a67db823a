/** The tfjs layers files, read by our own reader; that tfjs itself reads them is tested in lib/engines, where tfjs
 *  may be imported. */
import { expect, test } from 'vitest'
import { fromHalfBits, halfBits } from './float16.ts'
import { layoutOf } from '../network/network.ts'
import { liveWeights, tinyNetworks } from '../network/networks.fakes.ts'
import { fromTfjs, toTfjs } from './tfjs.ts'

test('a network is read back as it was written, kernels to 11 bits and vectors exactly', () => {
  const network = tinyNetworks[3]!
  const weights = liveWeights(network, 5)
  const { modelJson, weightsBin } = toTfjs(layoutOf(network), weights)

  const read = fromTfjs(modelJson, weightsBin)

  expect(read.network).toEqual(network)
  expect(read.weights['l1/variance']).toEqual(weights['l1/variance'])
  weights['l0/kernel']!.forEach((value, i) =>
    expect(Math.abs(read.weights['l0/kernel']![i]! - value)).toBeLessThanOrEqual(Math.abs(value) * 2 ** -11),
  )
})

test('truncated or padded weights are refused', () => {
  const network = tinyNetworks[0]!
  const { modelJson, weightsBin } = toTfjs(layoutOf(network), liveWeights(network, 5))

  expect(() => fromTfjs(modelJson, weightsBin.subarray(0, weightsBin.length - 4))).toThrow(/ends within/)
  expect(() => fromTfjs(modelJson, new Uint8Array(weightsBin.length + 4))).toThrow(/4 bytes longer/)
})

test.each([
  // by hand from IEEE 754: sign, 5 bits of exponent, 10 of mantissa
  ['one', 1, 0x3c00],
  ['the largest', 65504, 0x7bff],
  ['beyond the largest', 65520, 0x7c00],
  ['the smallest', 2 ** -24, 0x0001],
  ['half the smallest, to even', 2 ** -25, 0x0000],
  ['the smallest normal', 2 ** -14, 0x0400],
  ['a tie rounded down to even', 1 + 2 ** -11, 0x3c00],
  ['a tie rounded up to even', 1 + 3 * 2 ** -11, 0x3c02],
  ['minus two', -2, 0xc000],
])('%s is converted to its half-precision bits', (_, value, bits) => expect(halfBits(value)).toBe(bits))

test('every half-precision number survives the round trip', () => {
  for (let half = 0; half < 0x7c00; half++) expect(halfBits(fromHalfBits(half))).toBe(half)
})
