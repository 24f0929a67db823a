/** One pass through a network, written only against the kernels: logits, or loss and gradients. It changes no
 *  weight. Run by an executor it computes; run by a tracer it writes the graph. */
import type { Kernels } from '../network/kernels.ts'
import { lossOf, type RegressionTarget } from './loss.ts'
import { add, concat, dropout, hardSigmoid, hardSwish, relu, scaleChannels } from '../layers/activation.ts'
import { batchNorm } from '../layers/batch-norm.ts'
import { conv, depthwise } from '../layers/conv.ts'
import { dense } from '../layers/dense.ts'
import type { Forward, Inputs } from '../layers/layer.ts'
import { avgPool, flatten, globalAvgPool, maxPool } from '../layers/pool.ts'
import { resize } from '../layers/resize.ts'
import { INPUT, layoutOf, otherOf, type Layer, type Network, type NetworkLayout } from '../network/network.ts'

export const STATISTICS_DECAY = 0.9 // share of the old statistics that remains at a step; PyTorch's momentum 0.1

export type Values<V> = Readonly<Record<string, V>>

export type StepInputs<V> = {
  readonly weights: Values<V>
  readonly pixels: V
  readonly targets: V
  readonly images: number
  /** By name of dropout layer. */
  readonly noise: Values<V>
}

export type StepPlan = {
  readonly network: Network
  readonly frozenThrough?: string
  /** Whether batch norm of the trained layers measures the batch, or all of it is frozen. */
  readonly batchNorm: 'learns' | 'frozen'
  readonly fitted?: RegressionTarget | undefined
}

export type StepOutputs<V> = {
  readonly loss: V
  readonly right: V
  readonly gradients: Values<V>
  readonly measured: Values<V>
}

/** Logits with running statistics and without dropout. */
export function answers<V>(
  k: Kernels<V>,
  layout: NetworkLayout,
  inputs: { weights: Values<V>; pixels: V },
): { logits: V; features: V } {
  const { network, sources } = layout
  const { outputs } = forward(k, layout, { network, batchNorm: 'frozen' }, { ...inputs, noise: {} })
  return { logits: outputs.get(network.layers.at(-1)!.name)!, features: outputs.get(sources.at(-1)![0])! }
}

/** Loss of one batch and the gradient of every trained weight, by name, with the batch's statistics. */
export function lossAndGradients<V>(k: Kernels<V>, plan: StepPlan, inputs: StepInputs<V>): StepOutputs<V> {
  const { network } = plan
  const layout = layoutOf(network)
  const { outputs, passes, measured } = forward(k, layout, plan, inputs)
  const { loss, right, gradient } = lossOf(k, {
    logits: outputs.get(network.layers.at(-1)!.name)!,
    targets: inputs.targets,
    fitted: plan.fitted,
    outputs: network.classes,
    images: inputs.images,
  })
  const gradients: Record<string, V> = {}
  const arriving = new Map<string, V>([[network.layers.at(-1)!.name, gradient]])
  const learns = layersThatLearn(plan)
  const reaches = layersToPass(layout, learns)
  const arrive = (name: string, d: V): void => {
    const present = arriving.get(name)
    arriving.set(name, present === undefined ? d : k.add(present, d))
  }
  for (let index = network.layers.length - 1; index >= 0; index--) {
    const layer = network.layers[index]!
    const dy = arriving.get(layer.name)
    if (dy === undefined || !reaches.has(layer.name)) continue
    const [source] = layout.sources[index]!
    const pass = passes.get(layer.name)!
    const back = pass.back(dy, reaches.has(source))
    if (learns.has(layer.name))
      for (const [role, value] of Object.entries(back.gradients)) gradients[`${layer.name}/${role}`] = value
    if (back.x !== null && reaches.has(source)) arrive(source, back.x)
    const other = otherOf(layer)
    if (other !== null && back.other !== undefined && reaches.has(other)) arrive(other, back.other)
    arriving.delete(layer.name)
    const y = outputs.get(layer.name)!
    const isDone = (value: V): boolean =>
      value !== outputs.get(source) && value !== back.x && ![...arriving.values()].includes(value)
    k.release?.([y, dy, ...(pass.saved ?? [])].filter(isDone))
  }
  return { loss, right, gradients, measured }
}

/** The layers after the frozen ones. */
export function layersThatLearn({
  network,
  frozenThrough,
}: Pick<StepPlan, 'network' | 'frozenThrough'>): ReadonlySet<string> {
  const names = network.layers.map((layer) => layer.name)
  const frozen = frozenThrough === undefined ? -1 : names.indexOf(frozenThrough)
  if (frozenThrough !== undefined && frozen < 0)
    throw new Error(`${network.name} has no layer ${frozenThrough}`)
  return new Set(names.slice(frozen + 1))
}

/** Layers whose output gradient is needed: the trained ones, and those between them and the loss. */
function layersToPass({ network, sources }: NetworkLayout, learns: ReadonlySet<string>): ReadonlySet<string> {
  const reached = new Set<string>()
  network.layers.forEach((layer, index) => {
    const hasWeights =
      layer.kind === 'conv' ||
      layer.kind === 'depthwise' ||
      layer.kind === 'dense' ||
      layer.kind === 'batchNorm'
    const readsReached = sources[index]!.some((name) => reached.has(name))
    if ((learns.has(layer.name) && hasWeights) || readsReached) reached.add(layer.name)
  })
  return reached
}

function forward<V>(
  k: Kernels<V>,
  { shapes, sources }: NetworkLayout,
  plan: StepPlan,
  inputs: Omit<StepInputs<V>, 'targets' | 'images'>,
): { outputs: Map<string, V>; passes: Map<string, Forward<V>>; measured: Record<string, V> } {
  const { network } = plan
  const learns = layersThatLearn(plan)
  const named = (layer: string, y: V): V => k.named?.(layer, y) ?? y
  const outputs = new Map<string, V>([[INPUT, named(INPUT, k.inputMap(inputs.pixels, shapes.get(INPUT)!))]])
  const passes = new Map<string, Forward<V>>()
  const measured: Record<string, V> = {}
  network.layers.forEach((layer, index) => {
    const [source, other] = sources[index]!
    const pass = passThrough(layer, {
      k,
      x: outputs.get(source)!,
      other: outputs.get(other ?? '') ?? null,
      from: shapes.get(source)!,
      to: shapes.get(layer.name)!,
      weight: (role) => {
        const value = inputs.weights[`${layer.name}/${role}`]
        if (value === undefined) throw new Error(`${network.name}: no value for ${layer.name}/${role}`)
        return value
      },
      noise: learns.has(layer.name) ? (inputs.noise[layer.name] ?? null) : null,
      isMeasuring: plan.batchNorm === 'learns' && learns.has(layer.name),
    })
    outputs.set(layer.name, named(layer.name, pass.y))
    passes.set(layer.name, pass)
    for (const [role, value] of Object.entries(pass.measured ?? {})) measured[`${layer.name}/${role}`] = value
  })
  return { outputs, passes, measured }
}

function passThrough<V>(layer: Layer, inputs: Inputs<V>): Forward<V> {
  switch (layer.kind) {
    case 'conv':
      return conv(layer, inputs)
    case 'depthwise':
      return depthwise(layer, inputs)
    case 'batchNorm':
      return batchNorm(layer, inputs)
    case 'relu':
      return relu(layer, inputs)
    case 'maxPool':
      return maxPool(layer, inputs)
    case 'avgPool':
      return avgPool(layer, inputs)
    case 'globalAvgPool':
      return globalAvgPool(layer, inputs)
    case 'flatten':
      return flatten(layer, inputs)
    case 'dense':
      return dense(layer, inputs)
    case 'hardSigmoid':
      return hardSigmoid(layer, inputs)
    case 'hardSwish':
      return hardSwish(layer, inputs)
    case 'add':
      return add(layer, inputs)
    case 'scaleChannels':
      return scaleChannels(layer, inputs)
    case 'concat':
      return concat(layer, inputs)
    case 'resize':
      return resize(layer, inputs)
    case 'dropout':
      return dropout(layer, inputs)
    case 'graph':
      throw new Error(`${layer.name} is an ONNX file, which only ONNX Runtime can run and nothing can train`)
  }
}
