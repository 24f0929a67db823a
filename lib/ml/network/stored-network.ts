/** A network that was stored as JSON: read field by field. Whether its layers fit each other, shapesOf tells. */
import type { Layer, Network } from './network.ts'

type FieldType = 'number' | 'string' | 'boolean'
type KindFields = Readonly<Record<string, readonly [type: FieldType, isOptional?: 'optional']>>

const SLIDING: KindFields = {
  kernel: ['number'],
  stride: ['number'],
  padding: ['string', 'optional'],
  bias: ['boolean', 'optional'],
}
const FIELDS: Readonly<Record<Layer['kind'], KindFields>> = {
  conv: { ...SLIDING, filters: ['number'] },
  depthwise: SLIDING,
  batchNorm: {},
  relu: { most: ['number', 'optional'] },
  hardSigmoid: {},
  hardSwish: {},
  maxPool: { size: ['number'] },
  avgPool: { size: ['number'] },
  globalAvgPool: {},
  flatten: {},
  dense: { units: ['number'], bias: ['boolean'] },
  add: { other: ['string'] },
  scaleChannels: { other: ['string'] },
  concat: { other: ['string'] },
  resize: { size: ['number'], part: ['number', 'optional'] },
  dropout: { rate: ['number'] },
  graph: {
    file: ['string'],
    sha256: ['string'],
    bytes: ['number'],
    parameters: ['number'],
    input: ['string'],
    layout: ['string'],
    isHalf: ['boolean'],
    batch: ['number'],
    value: ['string'],
    reading: ['string'],
    length: ['number'],
  },
}
const OF_EVERY_LAYER: KindFields = { name: ['string'], from: ['string', 'optional'] }

export function isNetwork(value: unknown): value is Network {
  if (!isObject(value) || !isObject(value['input'])) return false
  const { name, input, classes, layers } = value
  return (
    typeof name === 'string' &&
    typeof input['size'] === 'number' &&
    typeof input['channels'] === 'number' &&
    typeof classes === 'number' &&
    Array.isArray(layers) &&
    layers.every(isLayer)
  )
}

function isLayer(value: unknown): value is Layer {
  if (!isObject(value) || !isKind(value['kind'])) return false
  if (!Object.entries(WORDS).every(([name, words]) => isOneOf(value[name], words))) return false
  return Object.entries({ ...OF_EVERY_LAYER, ...FIELDS[value['kind']] }).every(
    ([name, [type, isOptional]]) =>
      typeof value[name] === type || (isOptional !== undefined && value[name] === undefined),
  )
}

/** Fields that hold one of a few words. */
const WORDS: Readonly<Record<string, readonly string[]>> = {
  padding: ['valid', 'symmetric'],
  layout: ['nchw', 'nhwc'],
  reading: ['vector', 'first-token', 'mean-of-tokens', 'pooled-nchw', 'pooled-nhwc'],
}
const isOneOf = (value: unknown, words: readonly string[]): boolean =>
  value === undefined || (typeof value === 'string' && words.includes(value))

const isKind = (value: unknown): value is Layer['kind'] =>
  typeof value === 'string' && Object.hasOwn(FIELDS, value)

export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null
