import { expect, test } from 'vitest'
import { readSafetensors } from './safetensors.ts'

type Entry = {
  readonly dtype: string
  readonly shape: readonly number[]
  readonly data_offsets: readonly [number, number]
}

function file(
  header: Readonly<Record<string, Entry | Readonly<Record<string, string>>>>,
  data: Uint8Array,
): Uint8Array {
  const text = new TextEncoder().encode(JSON.stringify(header))
  const bytes = new Uint8Array(8 + text.length + data.length)
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true)
  bytes.set(text, 8)
  bytes.set(data, 8 + text.length)
  return bytes
}

test('tensors of each kind of number are read by name; counters and the remarks are left out', () => {
  const data = new Uint8Array(24)
  new Float32Array(data.buffer, 0, 2).set([1.5, -2])
  new Uint16Array(data.buffer, 8, 2).set([0x3e00, 0xc000]) // 1.5 and −2 as float16
  new Uint16Array(data.buffer, 12, 2).set([0x3fc0, 0xc000]) // and as bfloat16
  const { values, shape } = readSafetensors(
    file(
      {
        __metadata__: { format: 'pt' },
        a: { dtype: 'F32', shape: [2, 1], data_offsets: [0, 8] },
        b: { dtype: 'F16', shape: [2], data_offsets: [8, 12] },
        c: { dtype: 'BF16', shape: [2], data_offsets: [12, 16] },
        n: { dtype: 'I64', shape: [], data_offsets: [16, 24] },
      },
      data,
    ),
  ).get('a')!

  expect([...values]).toEqual([1.5, -2])
  expect(shape).toEqual([2, 1])
})

test.each<[string, Uint8Array, string]>([
  ['no safetensors file', new Uint8Array([1, 2, 3]), 'it is not a safetensors file'],
  [
    'a header that is no JSON',
    new Uint8Array([2, 0, 0, 0, 0, 0, 0, 0, 123, 123]),
    'it is not a safetensors file',
  ],
  [
    'a tensor beyond the end',
    file({ a: { dtype: 'F32', shape: [4], data_offsets: [0, 16] } }, new Uint8Array(8)),
    'the tensor "a" does not fit into the file',
  ],
  [
    'numbers that are not read',
    file({ a: { dtype: 'F64', shape: [1], data_offsets: [0, 8] } }, new Uint8Array(8)),
    'the tensor "a" has the type F64, which is not read',
  ],
  [
    'tensors that share their bytes',
    file(
      Object.fromEntries(
        Array.from({ length: 100 }, (_, i) => [
          `t${i}`,
          { dtype: 'F32', shape: [1024], data_offsets: [0, 4096] } as const,
        ]),
      ),
      new Uint8Array(4096),
    ),
    'its tensors overlap',
  ],
])('%s is refused', (_, bytes, reason) => {
  expect(() => readSafetensors(bytes)).toThrow(reason)
})
