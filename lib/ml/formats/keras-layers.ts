/** The layers of the TensorFlow.js layers format that say what a layer of ours says: one, or a few in a row,
 *  the last of which has our layer's name. Writing only; keras-model.ts reads. */
import { resizeMatrix } from '../layers/resize.ts'
import { EPSILON } from '../network/kernels.ts'
import type { Layer, NetworkLayout, Shape } from '../network/network.ts'
import type { Constant } from './weights-file.ts'

export type LayerEntry = {
  readonly name: string
  readonly className: string
  readonly config: Readonly<Record<string, unknown>>
  readonly sources: readonly string[]
  /** Its kernel, where the network has no weight for it. */
  readonly constant?: Constant
}

type Window = Extract<Layer, { kind: 'conv' | 'depthwise' }>

export const kerasLayers = ({ network, sources, shapes }: NetworkLayout): readonly LayerEntry[] =>
  network.layers.flatMap((layer, index) => entriesOf(layer, sources[index]![0], shapes))

/** @param source the layer that this one reads */
function entriesOf(layer: Layer, source: string, shapes: ReadonlyMap<string, Shape>): readonly LayerEntry[] {
  const { name } = layer
  const one = (
    className: string,
    config: LayerEntry['config'] = {},
    sources: readonly string[] = [source],
  ): readonly LayerEntry[] => [{ name, className, config, sources }]
  switch (layer.kind) {
    case 'conv':
      return windowed(layer, source, shapes, { className: 'Conv2D', config: { filters: layer.filters } })
    case 'depthwise':
      return windowed(layer, source, shapes, {
        className: 'DepthwiseConv2D',
        config: { depth_multiplier: 1 },
      })
    case 'batchNorm':
      return one('BatchNormalization', {
        axis: -1,
        momentum: 0.9,
        epsilon: EPSILON,
        center: true,
        scale: true,
      })
    case 'relu':
      return one('ReLU', layer.most === undefined ? {} : { max_value: layer.most })
    case 'hardSigmoid':
      return chain(name, source, hardSigmoid)
    case 'hardSwish': {
      const gate = `${name}-gate`
      return [
        ...chain(gate, source, hardSigmoid),
        { name, className: 'Multiply', config: {}, sources: [source, gate] },
      ]
    }
    case 'maxPool':
      return one('MaxPooling2D', pool(layer.size))
    case 'avgPool':
      return one('AveragePooling2D', pool(layer.size))
    case 'globalAvgPool':
      return one('GlobalAveragePooling2D', { data_format: 'channels_last' })
    case 'flatten':
      return one('Flatten')
    case 'dense':
      return one('Dense', { units: layer.units, activation: 'linear', use_bias: layer.bias })
    case 'add':
      return one('Add', {}, [source, layer.other])
    case 'scaleChannels': {
      const factors = `${name}-factors`
      const target_shape = [1, 1, ...shapes.get(layer.other)!]
      return [
        { name: factors, className: 'Reshape', config: { target_shape }, sources: [layer.other] },
        ...one('Multiply', {}, [source, factors]),
      ]
    }
    case 'concat':
      return one('Concatenate', { axis: -1 }, [source, layer.other])
    case 'resize':
      return resized(layer, source, shapes.get(source)!)
    case 'dropout':
      return one('Dropout', { rate: layer.rate })
    case 'graph':
      throw new Error(`${name} is an ONNX file, which the layers format cannot express`)
  }
}

/** Two dense layers whose kernels are the matrices of the resize. */
function resized(
  { name, size, part }: Extract<Layer, { kind: 'resize' }>,
  source: string,
  [h, w]: Shape,
): readonly LayerEntry[] {
  const dense = (suffix: string, from: number): Link => {
    const matrix = resizeMatrix(from, size, part)
    const values = matrix.map((_, i) => matrix[(i % size) * from + Math.floor(i / size)]!)
    return [
      suffix,
      'Dense',
      { units: size, activation: 'linear', use_bias: false },
      { shape: [from, size], values },
    ]
  }
  return chain(name, source, [
    ['channels-first', 'Permute', { dims: [3, 1, 2] }],
    dense('columns', w!),
    ['turned', 'Permute', { dims: [1, 3, 2] }],
    dense('rows', h!),
    ['channels-last', 'Permute', { dims: [3, 2, 1] }],
  ])
}

type Link = readonly [
  suffix: string,
  className: string,
  config: LayerEntry['config'],
  kernel?: Omit<Constant, 'name'>,
]

/** relu6 of x + 3, over 6. */
const hardSigmoid: readonly Link[] = [
  ['raised', 'Rescaling', { scale: 1, offset: 3 }],
  ['clipped', 'ReLU', { max_value: 6 }],
  ['scaled', 'Rescaling', { scale: 1 / 6, offset: 0 }],
]

/** Layers in a row; the last has the name, the others a suffix. */
function chain(name: string, source: string, links: readonly Link[]): readonly LayerEntry[] {
  const nameOf = (at: number): string => (at === links.length - 1 ? name : `${name}-${links[at]![0]}`)
  return links.map(([, className, config, kernel], at) => ({
    name: nameOf(at),
    className,
    config,
    sources: [at === 0 ? source : nameOf(at - 1)],
    ...(kernel && { constant: { name: `${nameOf(at)}/kernel`, ...kernel } }),
  }))
}

/** Zeros on every side that "same" would lay otherwise become a layer of their own. */
function windowed(
  layer: Window,
  source: string,
  shapes: ReadonlyMap<string, Shape>,
  { className, config }: Pick<LayerEntry, 'className' | 'config'>,
): readonly LayerEntry[] {
  const { name, kernel, stride, padding } = layer
  const settings = (kind: 'same' | 'valid') => ({
    ...config,
    kernel_size: [kernel, kernel],
    strides: [stride, stride],
    padding: kind,
    data_format: 'channels_last',
    dilation_rate: [1, 1],
    activation: 'linear',
    use_bias: layer.bias === true,
  })
  if (padding !== 'symmetric' || stride === 1)
    return [{ name, className, config: settings(padding === 'valid' ? 'valid' : 'same'), sources: [source] }]
  const before = (kernel - 1) >> 1
  const zeros = ([0, 1] as const).map((axis) => {
    const reach = (shapes.get(name)![axis]! - 1) * stride + kernel - shapes.get(source)![axis]!
    return [before, Math.max(0, reach - before)]
  })
  const padded = `${name}-zeros`
  return [
    {
      name: padded,
      className: 'ZeroPadding2D',
      config: { padding: zeros, data_format: 'channels_last' },
      sources: [source],
    },
    { name, className, config: settings('valid'), sources: [padded] },
  ]
}

const pool = (n: number) => ({
  pool_size: [n, n],
  strides: [n, n],
  padding: 'valid',
  data_format: 'channels_last',
})
