import { expect, test } from 'vitest'
import { inferenceResponse, inferenceUrl, modelAddress } from './open-inference.ts'

const SHAPES = { classifier: 'shapes', number: 3 }

test.each([
  ['http://triton.example:8000', 'http://triton.example:8000', '/v2/models/shapes/versions/3'],
  ['http://triton.example:8000/', 'http://triton.example:8000', '/v2/models/shapes/versions/3'],
  ['https://a.example/serving', 'https://a.example/serving', '/v2/models/shapes/versions/3'],
  [
    'http://darkroom-{classifier}.models.example/v2/models/darkroom-{classifier}',
    'http://darkroom-shapes.models.example',
    '/v2/models/darkroom-shapes',
  ],
  ['http://a.example/v2/models/all/versions/{version}', 'http://a.example', '/v2/models/all/versions/3'],
])('%s has version 3 of shapes at a known address', (setting, server, path) => {
  expect(inferenceUrl.parse(setting)).toBe(setting)

  expect(modelAddress(setting, SHAPES)).toEqual({ server, model: server + path })
})

test.each([
  'triton.example:8000',
  'grpc://triton.example:8001',
  'http://user:secret@triton.example',
  'http://{model}.example',
  'http://triton.example/?model=shapes',
])('%s is no address of a server', (setting) => {
  expect(inferenceUrl.safeParse(setting).success).toBe(false)
})

test('numbers of a tensor may be nested by its shape, and other values are refused', () => {
  const response = (data: unknown) =>
    inferenceResponse.safeParse({ outputs: [{ name: 'probabilities', shape: [1, 2], data }] })

  expect(response([[0.25, 0.75]]).data?.outputs[0]?.data).toEqual([0.25, 0.75])
  expect(response(['0.25', '0.75']).success).toBe(false)
  expect(response([null]).success).toBe(false)
})
