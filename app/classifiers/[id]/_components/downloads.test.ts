import { expect, test } from 'vitest'
import { downloadsOf } from './downloads.ts'

const SERVERS = ['onnx-serving', 'triton', 'kserve', 'ray']
const network = { name: 'small', parameters: 10, flops: 10, bytes: 40 }
const formats = (card: Parameters<typeof downloadsOf>[0], readsDigits = false) =>
  downloadsOf(card, readsDigits).map(({ format }) => format)

test('a version is offered in every format that it has', () => {
  expect(formats({ network, familiarity: null })).toEqual([
    'webpage',
    'python',
    'onnx',
    'tfjs',
    ...SERVERS,
    'bundle',
  ])
})

test('a version on an ONNX network is not offered for TensorFlow.js', () => {
  expect(formats({ network: { ...network, is_onnx: true }, familiarity: null })).toEqual([
    'python',
    'onnx',
    ...SERVERS,
    'bundle',
  ])
})

test('a version that reads digits is offered neither as a Python program nor for model servers', () => {
  expect(formats({ network, familiarity: null }, true)).toEqual(['webpage', 'onnx', 'tfjs', 'bundle'])
})

test('an old version without an ONNX file is offered without it', () => {
  expect(formats({ network })).toEqual(['webpage', 'tfjs', ...SERVERS, 'bundle'])
})
