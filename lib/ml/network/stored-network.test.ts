import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { isNetwork } from './stored-network.ts'

const small = {
  name: 'small',
  input: { size: 8, channels: 3 },
  classes: 2,
  layers: [
    { kind: 'conv', name: 'conv', kernel: 3, filters: 4, stride: 1 },
    { kind: 'relu', name: 'relu', most: 6 },
    { kind: 'flatten', name: 'flat', from: 'relu' },
    { kind: 'dense', name: 'logits', units: 2, bias: true },
  ],
}
const withLayer = (layer: object) => ({ ...small, layers: [layer, ...small.layers.slice(1)] })

test('a network of every kind of layer, optional fields or not, is one', () => {
  expect(isNetwork(small)).toBe(true)
  expect(isNetwork(JSON.parse(JSON.stringify(small)))).toBe(true)
})

test.each<[string, unknown]>([
  ['nothing', null],
  ['a list', []],
  ['no name', { ...small, name: undefined }],
  ['no input', { ...small, input: null }],
  ['an input without a size', { ...small, input: { channels: 3 } }],
  ['classes as text', { ...small, classes: '2' }],
  ['layers that are no list', { ...small, layers: {} }],
  ['a layer of a kind that is unknown', withLayer({ ...small.layers[0], kind: 'attention' })],
  ['a kind that every object has', withLayer({ ...small.layers[0], kind: 'constructor' })],
  ['a layer without a name', withLayer({ ...small.layers[0], name: undefined })],
  ['a convolution without filters', withLayer({ ...small.layers[0], filters: undefined })],
  ['a resize of a part as text', withLayer({ kind: 'resize', name: 'conv', size: 4, part: '0.7' })],
  ['a padding that is unknown', withLayer({ ...small.layers[0], padding: 'same' })],
])('%s is none', (_case, value) => expect(isNetwork(value)).toBe(false))

test('the networks of all shipped versions are read', () => {
  const models = path.resolve(import.meta.dirname, '../../../models')
  const files = readdirSync(models, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('model.json'),
  )

  expect(files.length).toBeGreaterThan(4)
  for (const file of files) {
    const model = JSON.parse(readFileSync(path.join(models, file), 'utf8')) as {
      userDefinedMetadata: { darkroom: { network: unknown } }
    }
    expect(isNetwork(model.userDefinedMetadata.darkroom.network), file).toBe(true)
  }
})
