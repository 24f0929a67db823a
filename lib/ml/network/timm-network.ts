/** MobileNetV2, MobileNetV3-Large and EfficientNet-Lite0 from the tensors of PyTorch's timm collection, by their names
 *  there. Widths and kernels follow from the tensors; strides and activations are below. Sources: Sandler et al. 2018
 *  (arXiv:1801.04381), Howard et al. 2019 (arXiv:1905.02244), Tan & Le 2019 (arXiv:1905.11946), and the models of
 *  timm 1.0. It reads no file. */
import { EPSILON } from './kernels.ts'
import { weightsInOwnOrder } from './mobilenet-small.ts'
import { sizeOf, weightSpecs, type Layer, type Network, type Weights, type WeightSpec } from './network.ts'

type Tensors = ReadonlyMap<string, { readonly shape: readonly number[]; readonly values: Float32Array }>
type Activation = 'relu6' | 'relu' | 'hardSwish'

type Plan = {
  readonly stem: Activation
  /** Of the first block of each stage; the others have 1. */
  readonly strides: readonly (1 | 2)[]
  readonly activations: readonly Activation[]
  readonly head: Activation
}

const RELU6 = Array<Activation>(7).fill('relu6')
const STRIDES = [1, 2, 2, 2, 1, 2, 1] as const

export const TIMM_PLANS = {
  'mobilenet-v2': { stem: 'relu6', strides: STRIDES, activations: RELU6, head: 'relu6' },
  'efficientnet-lite0': { stem: 'relu6', strides: STRIDES, activations: RELU6, head: 'relu6' },
  'mobilenet-v3-large': {
    stem: 'hardSwish',
    strides: STRIDES,
    activations: ['relu', 'relu', 'relu', 'hardSwish', 'hardSwish', 'hardSwish', 'hardSwish'],
    head: 'hardSwish',
  },
} as const satisfies Readonly<Record<string, Plan>>
export type TimmName = keyof typeof TIMM_PLANS

const SIZE = 224
const TIMM_EPSILON = 1e-5 // torch.nn.BatchNorm2d

/** Up to the pooled features of the last convolution, with a dense layer of so many outputs, whose weights are zero.
 *  @throws Error with the name of a tensor that is missing or has another shape */
export function timmNetwork(
  name: TimmName,
  tensors: Tensors,
  outputs: number,
): { readonly network: Network; readonly weights: Weights } {
  const layers = layersOf(TIMM_PLANS[name], tensors)
  const network: Network = {
    name,
    input: { size: SIZE, channels: 3 },
    classes: outputs,
    layers: [
      ...layers,
      { name: 'pool', kind: 'globalAvgPool' },
      { name: 'logits', kind: 'dense', units: outputs, bias: true },
    ],
  }
  return {
    network,
    weights: Object.fromEntries(weightSpecs(network).map((spec) => [spec.name, weightOf(spec, tensors)])),
  }
}

function layersOf(plan: Plan, tensors: Tensors): readonly Layer[] {
  const shapeOf = (name: string): readonly [number, number, number, number] => {
    const [o, i, h, w] = tensors.get(`${name}.weight`)?.shape ?? []
    if (o === undefined || i === undefined || h === undefined || w === undefined || h !== w)
      throw new Error(`the tensor ${name}.weight is missing or is not a square convolution`)
    return [o, i, h, w]
  }
  const has = (name: string): boolean => tensors.has(`${name}.weight`)
  const conv = (name: string, norm: string, stride: number): Layer[] => {
    const [filters, , kernel] = shapeOf(name)
    return [
      { name, kind: 'conv', kernel, filters, stride, padding: 'symmetric' },
      { name: norm, kind: 'batchNorm' },
    ]
  }
  const depthwise = (name: string, norm: string, stride: number): Layer[] => [
    { name, kind: 'depthwise', kernel: shapeOf(name)[2], stride, padding: 'symmetric' },
    { name: norm, kind: 'batchNorm' },
  ]

  const layers: Layer[] = [...conv('conv_stem', 'bn1', 2), activation('stem-out', plan.stem)]
  let channels = shapeOf('conv_stem')[0]
  plan.strides.forEach((first, stage) => {
    for (let i = 0; ; i++) {
      const block = `blocks.${stage}.${i}`
      const kind = plan.activations[stage]!
      const stride = i === 0 ? first : 1
      const from = layers.at(-1)!.name
      if (has(`${block}.conv`)) {
        layers.push(...conv(`${block}.conv`, `${block}.bn1`, stride), activation(`${block}.out`, kind))
        channels = shapeOf(`${block}.conv`)[0]
        continue
      }
      if (!has(`${block}.conv_dw`)) break
      const isExpanded = has(`${block}.conv_pwl`)
      const [dwNorm, outNorm] = isExpanded ? ['bn2', 'bn3'] : ['bn1', 'bn2']
      if (isExpanded)
        layers.push(...conv(`${block}.conv_pw`, `${block}.bn1`, 1), activation(`${block}.expanded`, kind))
      layers.push(
        ...depthwise(`${block}.conv_dw`, `${block}.${dwNorm}`, stride),
        activation(`${block}.moved`, kind),
      )
      if (has(`${block}.se.conv_reduce`)) layers.push(...squeeze(`${block}.se`, shapeOf, layers.at(-1)!.name))
      const last = `${block}.${isExpanded ? 'conv_pwl' : 'conv_pw'}`
      layers.push(...conv(last, `${block}.${outNorm}`, 1))
      const out = shapeOf(last)[0]
      if (stride === 1 && out === channels) layers.push({ name: `${block}.sum`, kind: 'add', other: from })
      channels = out
    }
  })
  // that of MobileNetV3 comes after the pool, and is left out
  if (has('bn2')) layers.push(...conv('conv_head', 'bn2', 1), activation('head-out', plan.head))
  return layers
}

function squeeze(
  name: string,
  shapeOf: (name: string) => readonly [number, number, number, number],
  map: string,
): readonly Layer[] {
  const [units, expanded] = shapeOf(`${name}.conv_reduce`)
  return [
    { name: `${name}.pool`, kind: 'globalAvgPool' },
    { name: `${name}.conv_reduce`, kind: 'dense', units, bias: true },
    { name: `${name}.relu`, kind: 'relu' },
    { name: `${name}.conv_expand`, kind: 'dense', units: expanded, bias: true },
    { name: `${name}.gate`, kind: 'hardSigmoid' },
    { name: `${name}.scaled`, kind: 'scaleChannels', from: map, other: `${name}.gate` },
  ]
}

const activation = (name: string, kind: Activation): Layer =>
  kind === 'relu6' ? { name, kind: 'relu', most: 6 } : { name, kind }

const ROLES: Readonly<Record<WeightSpec['role'], string>> = {
  kernel: 'weight',
  bias: 'bias',
  gamma: 'weight',
  beta: 'bias',
  mean: 'running_mean',
  variance: 'running_var',
}

function weightOf(spec: WeightSpec, tensors: Tensors): Float32Array {
  if (spec.layer === 'logits') return new Float32Array(sizeOf(spec.shape))
  const name = `${spec.layer}.${ROLES[spec.role]}`
  const values = tensors.get(name)?.values
  if (values?.length !== sizeOf(spec.shape))
    throw new Error(`the tensor ${name} is missing or has another shape`)
  // our batch norm adds another ε to the variance
  if (spec.role === 'variance') return values.map((variance) => variance + TIMM_EPSILON - EPSILON)
  return weightsInOwnOrder(values, spec)
}
