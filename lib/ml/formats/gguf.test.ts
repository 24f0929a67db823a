import { expect, test } from 'vitest'
import { createRandom } from '../random.ts'
import { ggufBytes } from './gguf.fakes.ts'
import { readGguf } from './gguf.ts'

const file = (): Uint8Array =>
  ggufBytes([
    { name: 'stem.weight', shape: [2, 3], values: Float32Array.of(1, 2, 3, 4, 5, 6) },
    { name: 'steps', shape: [], values: Float32Array.of(7) },
  ])
const changed = (change: (bytes: Buffer) => void): Uint8Array => {
  const bytes = Buffer.from(file())
  change(bytes)
  return bytes
}
/** Where the header says it, in `ggufBytes`. */
const AFTER_COUNTS = 24

test('tensors come with their shape outermost first, a scalar without one', () => {
  const { settings, tensors } = readGguf(file())

  expect([...settings]).toEqual([['general.architecture', 'sketch']])
  expect(tensors.get('stem.weight')).toEqual({ shape: [2, 3], values: Float32Array.of(1, 2, 3, 4, 5, 6) })
  expect(tensors.get('steps')).toEqual({ shape: [], values: Float32Array.of(7) })
})

test('the same file at an odd place in memory reads alike', () => {
  const moved = Buffer.concat([Buffer.from('x'), file()]).subarray(1)

  expect(readGguf(moved)).toEqual(readGguf(file()))
})

test.each<[string, Uint8Array, string]>([
  ['is no GGUF file', Buffer.from('PK\x03\x04 and more'), 'it is not a GGUF file'],
  ['is empty', new Uint8Array(0), 'the file ends within its header'],
  ['has another version', changed((b) => b.writeUInt32LE(2, 4)), 'it has GGUF version 2, and only version 3'],
  [
    'claims countless tensors',
    changed((b) => b.writeBigUInt64LE(2n ** 40n, 8)),
    'it claims to have 1099511627776 tensors',
  ],
  [
    'claims a number beyond all',
    changed((b) => b.writeBigUInt64LE(2n ** 63n, 8)),
    'the number of its tensors is 9223372036854775808',
  ],
  [
    'claims an endless text',
    changed((b) => b.writeBigUInt64LE(2n ** 30n, AFTER_COUNTS)),
    'a text in its header claims to have 1073741824 bytes',
  ],
  ['ends within a tensor', file().subarray(0, -32), 'the file ends within the tensor "steps"'],
  ['ends within its header', file().subarray(0, 60), 'the file ends within its header'],
])('a file that %s is refused with the reason', (_, bytes, reason) => {
  expect(() => readGguf(bytes)).toThrow(reason)
})

test('a quantised tensor is refused by name', () => {
  const bytes = Buffer.from(file())
  const at = bytes.indexOf('stem.weight') + 'stem.weight'.length + 4 + 16
  bytes.writeUInt32LE(8, at)

  expect(() => readGguf(bytes)).toThrow(
    'the tensor "stem.weight" has type 8; only float32 and float16 are read',
  )
})

test('a tensor with sides whose product overflows is refused', () => {
  const bytes = Buffer.from(file())
  const at = bytes.indexOf('stem.weight') + 'stem.weight'.length + 4
  bytes.writeBigUInt64LE(2n ** 52n, at)
  bytes.writeBigUInt64LE(2n ** 52n, at + 8)

  expect(() => readGguf(bytes)).toThrow('the tensor "stem.weight" is larger than the file')
})

test('any damage to the header is an error with a reason or a file that reads, never a crash', () => {
  const random = createRandom(3)
  let refused = 0
  for (let round = 0; round < 3_000; round++) {
    const bytes = changed((b) => {
      for (let k = 0; k < 1 + (round % 4); k++)
        b[Math.floor(random() * b.length)] = Math.floor(random() * 256)
    }).subarray(0, round % 3 === 0 ? Math.floor(random() * file().length) : undefined)
    try {
      readGguf(bytes)
    } catch (error) {
      refused += 1
      expect(error).toBeInstanceOf(Error)
      expect((error as Error).constructor).toBe(Error) // no RangeError of a view, no allocation that failed
    }
  }
  expect(refused).toBeGreaterThan(1_000)
})

test('tensors that share their bytes are refused, because each is copied', () => {
  const names = Array.from({ length: 30 }, (_, i) => `layer-${String(i).padStart(2, '0')}`)
  const bytes = Buffer.from(
    ggufBytes(names.map((name) => ({ name, shape: [64], values: new Float32Array(64) }))),
  )
  const places = names.map((name) => bytes.indexOf(name) + name.length + 4 + 8 + 4) // name, sides, side, type
  for (const place of places) bytes.writeBigUInt64LE(0n, place)

  expect(() => readGguf(bytes.subarray(0, -28 * 256))).toThrow('its tensors overlap')
})
