/** The layers of the TensorFlow.js layers format that say what a layer of ours says: one, or a few in a row,
 *  the last of which has our layer's name. Writing only; keras-model.ts reads. */
import { resizeMatrix } from '../layers/resize.ts'
import { EPSILON } from '../network/kernels.ts'
import { shapesOf, sourceOf, type Layer, type Network, type Shape } from '../network/network.ts'

export type LayerEntry = {
  readonly name: string
  readonly className: string
  readonly config: Readonly<Record<string, unknown>>
  readonly sources: readonly string[]
}

type Window = Extract<Layer, { kind: 'conv' | 'depthwise' }>

/** @param source the layer that this one reads */
export function kerasLayers(
  layer: Layer,
  source: string,
  shapes: ReadonlyMap<string, Shape>,
): readonly LayerEntry[] {
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
      return chain(name, source, [
        ['channels-first', 'Permute', { dims: [3, 1, 2] }],
        ['columns', 'Dense', { units: layer.size, activation: 'linear', use_bias: false }],
        ['turned', 'Permute', { dims: [1, 3, 2] }],
        ['rows', 'Dense', { units: layer.size, activation: 'linear', use_bias: false }],
        ['channels-last', 'Permute', { dims: [3, 2, 1] }],
      ])
    case 'dropout':
      return one('Dropout', { rate: layer.rate })
    case 'graph':
      throw new Error(`${name} is an ONNX file, which the layers format cannot express`)
  }
}

/** What such a file holds in addition to the weights: the matrices by which a resize is two dense layers. */
export function constantTensors(
  network: Network,
): readonly { readonly name: string; readonly shape: readonly number[]; readonly values: Float32Array }[] {
  const shapes = shapesOf(network)
  return network.layers.flatMap((layer, index) => {
    if (layer.kind !== 'resize') return []
    const [h, w] = shapes.get(sourceOf(network, index))! as [number, number]
    return (
      [
        ['columns', w],
        ['rows', h],
      ] as const
    ).map(([along, from]) => {
      const matrix = resizeMatrix(from, layer.size)
      const values = matrix.map((_, i) => matrix[(i % layer.size) * from + Math.floor(i / layer.size)]!)
      return { name: `${layer.name}-${along}/kernel`, shape: [from, layer.size], values }
    })
  })
}

type Link = readonly [suffix: string, className: string, config: LayerEntry['config']]

/** relu6 of x + 3, over 6. */
const hardSigmoid: readonly Link[] = [
  ['raised', 'Rescaling', { scale: 1, offset: 3 }],
  ['clipped', 'ReLU', { max_value: 6 }],
  ['scaled', 'Rescaling', { scale: 1 / 6, offset: 0 }],
]

/** Layers in a row; the last has the name, the others a suffix. */
function chain(name: string, source: string, links: readonly Link[]): readonly LayerEntry[] {
  const nameOf = (at: number): string => (at === links.length - 1 ? name : `${name}-${links[at]![0]}`)
  return links.map(([, className, config], at) => ({
    name: nameOf(at),
    className,
    config,
    sources: [at === 0 ? source : nameOf(at - 1)],
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
