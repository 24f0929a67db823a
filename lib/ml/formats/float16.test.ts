import { expect, test } from 'vitest'
import { fromHalfBits, fromHalfBytes, halfBits, halfBytes } from './float16.ts'

test('all values of 16 bits are read and written as their bits say', () => {
  const every = Uint16Array.from({ length: 2 ** 16 }, (_, half) => half)
  const values = fromHalfBytes(new Uint8Array(every.buffer))

  expect([...values]).toEqual([...every].map(fromHalfBits))
  const finite = [...values].filter((value) => !Number.isNaN(value))
  expect([...new Uint16Array(halfBytes(Float32Array.from(finite)).buffer)]).toEqual(finite.map(halfBits))
})

test.each([
  ['a tie rounds to the even neighbour', 1 + 2 ** -11, 0x3c00],
  ['above a tie it rounds up', 1 + 2 ** -11 + 2 ** -20, 0x3c01],
  ['the smallest subnormal number', 2 ** -24, 0x0001],
  ['half of it, a tie, becomes zero', 2 ** -25, 0x0000],
  ['too large becomes infinity', 65520, 0x7c00],
  ['negative zero keeps its sign', -0, 0x8000],
])('%s', (_, value, bits) => {
  expect(halfBits(value)).toBe(bits)
  expect([...new Uint16Array(halfBytes(Float32Array.of(value)).buffer)]).toEqual([bits])
})
