/** MobileNetV3-Small as a network, and its weights from the tensors of PyTorch's torchvision, by their names there.
 *  Source: Howard et al. 2019 (arXiv:1905.02244), table 2, with the widths of torchvision. It reads no file. */
import { sizeOf, weightSpecs, type Layer, type Network, type Weights, type WeightSpec } from './network.ts'

export const MOBILENET_SIZE = 224 // pixels of the side that it was trained on
/** Pooled features of its last convolution. */
const LAST_FEATURES = 576
/** Blocks whose pooled outputs are features too: they tell materials apart, which the last convolution tells less
 *  well (docs/decisions/0052-features-of-middle-layers.md). */
const MIDDLE_BLOCKS = [8, 11] as const

type Block = {
  readonly kernel: 3 | 5
  readonly expanded: number
  readonly out: number
  /** Channels between the two dense layers of squeeze-and-excitation; null: the block has none. */
  readonly squeezed: number | null
  readonly activation: 'relu' | 'hardSwish'
  readonly stride: 1 | 2
}

const STEM = 16
const BLOCKS: readonly Block[] = [
  { kernel: 3, expanded: 16, out: 16, squeezed: 8, activation: 'relu', stride: 2 },
  { kernel: 3, expanded: 72, out: 24, squeezed: null, activation: 'relu', stride: 2 },
  { kernel: 3, expanded: 88, out: 24, squeezed: null, activation: 'relu', stride: 1 },
  { kernel: 5, expanded: 96, out: 40, squeezed: 24, activation: 'hardSwish', stride: 2 },
  { kernel: 5, expanded: 240, out: 40, squeezed: 64, activation: 'hardSwish', stride: 1 },
  { kernel: 5, expanded: 240, out: 40, squeezed: 64, activation: 'hardSwish', stride: 1 },
  { kernel: 5, expanded: 120, out: 48, squeezed: 32, activation: 'hardSwish', stride: 1 },
  { kernel: 5, expanded: 144, out: 48, squeezed: 40, activation: 'hardSwish', stride: 1 },
  { kernel: 5, expanded: 288, out: 96, squeezed: 72, activation: 'hardSwish', stride: 2 },
  { kernel: 5, expanded: 576, out: 96, squeezed: 144, activation: 'hardSwish', stride: 1 },
  { kernel: 5, expanded: 576, out: 96, squeezed: 144, activation: 'hardSwish', stride: 1 },
]

/** Up to the pooled features, those of the last convolution behind those of two middle blocks, with a dense layer of so
 *  many outputs on them. */
export function mobileNetV3Small(outputs: number): Network {
  const layers: Layer[] = [
    ...normed({
      name: 'features.0',
      kind: 'conv',
      kernel: 3,
      filters: STEM,
      stride: 2,
      padding: 'symmetric',
    }),
    { name: 'features.0-out', kind: 'hardSwish' },
  ]
  let [channels, last] = [STEM, 'features.0-out']
  const outputOf = new Map<number, string>()
  BLOCKS.forEach((block, i) => {
    const name = `features.${i + 1}`
    layers.push(...blockLayers(name, block, { channels, from: last }))
    ;[channels, last] = [block.out, layers.at(-1)!.name]
    outputOf.set(i + 1, last)
  })
  layers.push(
    ...normed({ name: 'features.12', kind: 'conv', kernel: 1, filters: LAST_FEATURES, stride: 1 }),
    { name: 'features.12-out', kind: 'hardSwish' },
    { name: 'pool', kind: 'globalAvgPool' },
    ...MIDDLE_BLOCKS.map((block): Layer => ({
      name: `pool.${block}`,
      kind: 'globalAvgPool',
      from: outputOf.get(block)!,
    })),
    { name: 'middle', kind: 'concat', from: `pool.${MIDDLE_BLOCKS[0]}`, other: `pool.${MIDDLE_BLOCKS[1]}` },
    { name: 'features', kind: 'concat', from: 'middle', other: 'pool' },
    { name: 'logits', kind: 'dense', units: outputs, bias: true },
  )
  return {
    name: 'mobilenet-v3-small',
    input: { size: MOBILENET_SIZE, channels: 3 },
    classes: outputs,
    layers,
  }
}

const normed = (layer: Layer): Layer[] => [layer, { name: `${layer.name}-norm`, kind: 'batchNorm' }]

/** Expand → depthwise → squeeze-and-excitation → project; each part counts as `block.<n>` in torchvision. */
function blockLayers(
  name: string,
  { kernel, expanded, out, squeezed, activation, stride }: Block,
  before: { readonly channels: number; readonly from: string },
): Layer[] {
  const layers: Layer[] = []
  let part = 0
  const next = (): string => `${name}.block.${part++}`
  if (expanded !== before.channels) {
    const expand = next()
    layers.push(...normed({ name: expand, kind: 'conv', kernel: 1, filters: expanded, stride: 1 }))
    layers.push({ name: `${expand}-out`, kind: activation })
  }
  const depthwise = next()
  layers.push(...normed({ name: depthwise, kind: 'depthwise', kernel, stride, padding: 'symmetric' }))
  layers.push({ name: `${depthwise}-out`, kind: activation })
  if (squeezed !== null) {
    const squeeze = next()
    layers.push(
      { name: `${squeeze}-pool`, kind: 'globalAvgPool' },
      { name: `${squeeze}.fc1`, kind: 'dense', units: squeezed, bias: true },
      { name: `${squeeze}-relu`, kind: 'relu' },
      { name: `${squeeze}.fc2`, kind: 'dense', units: expanded, bias: true },
      { name: `${squeeze}-gate`, kind: 'hardSigmoid' },
      { name: squeeze, kind: 'scaleChannels', from: `${depthwise}-out`, other: `${squeeze}-gate` },
    )
  }
  layers.push(...normed({ name: next(), kind: 'conv', kernel: 1, filters: out, stride: 1 }))
  if (stride === 1 && out === before.channels)
    layers.push({ name: `${name}-sum`, kind: 'add', other: before.from })
  return layers
}

type Tensor = { readonly shape: readonly number[]; readonly values: Float32Array }

/** All weights but those of the last layer, which are zero.
 *  @param tensors by torchvision's names, outermost side first
 *  @throws Error with the name of a tensor that is missing or has another shape. */
export function weightsFromTorchvision(network: Network, tensors: ReadonlyMap<string, Tensor>): Weights {
  const last = network.layers.at(-1)!.name
  return Object.fromEntries(
    weightSpecs(network).map((spec) => {
      if (spec.layer === last) return [spec.name, new Float32Array(sizeOf(spec.shape))]
      const name = torchvisionName(spec, network)
      const tensor = tensors.get(name)
      const shape = torchvisionShape(spec, name)
      if (!tensor) throw new Error(`the tensor ${name} is missing`)
      if (tensor.shape.join() !== shape.join() || tensor.values.length !== sizeOf(shape))
        throw new Error(
          `the tensor ${name} has the shape ${tensor.shape.join(' × ')} instead of ${shape.join(' × ')}`,
        )
      return [spec.name, weightsInOwnOrder(tensor.values, spec)]
    }),
  )
}

const NORM_NAMES = { gamma: 'weight', beta: 'bias', mean: 'running_mean', variance: 'running_var' } as const

function torchvisionName({ layer, role }: WeightSpec, network: Network): string {
  if (role === 'bias') return `${layer}.bias`
  if (role !== 'kernel') return `${layer.replace(/-norm$/, '')}.1.${NORM_NAMES[role]}`
  const kind = network.layers.find(({ name }) => name === layer)!.kind
  return kind === 'dense' ? `${layer}.weight` : `${layer}.0.weight`
}

/** Convolutions [out, in, k, k] (depthwise [channels, 1, k, k]); squeeze-and-excitation as 1 × 1 convolutions. */
function torchvisionShape({ shape, role }: WeightSpec, name: string): readonly number[] {
  if (role !== 'kernel') return shape
  if (shape.length === 2) return [shape[1]!, shape[0]!, 1, 1]
  const [k, , inputs, outputs] = shape as readonly [number, number, number, number]
  const isDepthwise = outputs === 1 && inputs > 1
  if (isDepthwise) return [inputs, 1, k, k]
  if (inputs === 1) throw new Error(`${name} has one input`)
  return [outputs, inputs, k, k]
}

/** From PyTorch's order: outermost outputs become innermost. */
export function weightsInOwnOrder(values: Float32Array, { shape, role }: WeightSpec): Float32Array {
  if (role !== 'kernel') return values
  const outputs = shape.length === 4 && shape[3] === 1 ? shape[2]! : shape.at(-1)!
  const rest = values.length / outputs
  const inputs = shape.length === 4 && shape[3] === 1 ? 1 : shape.at(-2)!
  const places = rest / inputs
  const result = new Float32Array(values.length)
  for (let o = 0; o < outputs; o++)
    for (let i = 0; i < inputs; i++)
      for (let p = 0; p < places; p++)
        result[(p * inputs + i) * outputs + o] = values[(o * inputs + i) * places + p]!
  return result
}
