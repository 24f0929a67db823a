/** backbone: a network of ordinary 3 × 3 convolutions from random weights, whose features serve classifiers
 *  that have few images. Sources: He et al. 2016 (arXiv:1512.03385) for the residual branch, Romero et al.
 *  2015 (arXiv:1412.6550) for fitting a teacher's features, Touvron et al. 2019 (arXiv:1906.06423) for
 *  training small and ending at the final size. Result: on its card. */
import type { Augmentation } from '../learn/augment.ts'
import type { Optimiser } from '../learn/learner.ts'
import type { Layer, Network } from '../network/network.ts'

/** Plain convolutions, because they are fast: per CPU-second on the engine `onnx` (blocks of 16, 1 thread, 2026-11)
 *  they reach 116 GFLOP/s, bottlenecks 100, inverted residuals with depthwise 35. */
const STEM = 32
const STAGES: readonly { readonly filters: number; readonly isResidual: boolean }[] = [
  { filters: 48, isResidual: false },
  { filters: 96, isResidual: true },
  { filters: 192, isResidual: true },
  { filters: 384, isResidual: false },
]

export const BACKBONE_SIZE = 96 // pixels, the side of the final network

export type BackboneRecipe = {
  readonly optimiser: Optimiser
  /** For the first phase's batch; from zero to the peak, then down along a cosine to zero at the end of
   *  the time limit. */
  readonly rate: { readonly peak: number; readonly warmUp: number }
  readonly labelSmoothing: number
  /** The weight of the mean square feature error relative to the cross-entropy of the labels. */
  readonly featureWeight: number
  readonly averageDecay: number
  readonly clipNorm: number
  /** Shares of the time, in order; `repeat`: how often an epoch shows each image that is not of the large
   *  set. */
  readonly phases: readonly {
    readonly size: number
    readonly until: number
    readonly batch: number
    readonly repeat: number
    readonly augment: Augmentation
  }[]
}

export const backbone: BackboneRecipe = {
  optimiser: { kind: 'sgd', momentum: 0.9, nesterov: true, weightDecay: 1e-4 },
  rate: { peak: 0.1, warmUp: 0.03 },
  labelSmoothing: 0.05,
  featureWeight: 8,
  averageDecay: 0.998,
  clipNorm: 5,
  phases: [
    { size: 64, until: 0.82, batch: 64, repeat: 3, augment: { flip: true, shift: 6 } },
    {
      size: BACKBONE_SIZE,
      until: 1,
      batch: 64,
      repeat: 3,
      augment: { flip: true, shift: 8, zoom: 0.15, brightness: 0.08, contrast: 0.15, colour: 0.04 },
    },
  ],
}

export function backboneNetwork(size: number, outputs: number): Network {
  const layers: Layer[] = [
    ...normed({ name: 'stem', kind: 'conv', kernel: 3, filters: STEM, stride: 2 }),
    { name: 'stem-pool', kind: 'maxPool', size: 2 },
  ]
  STAGES.forEach(({ filters, isResidual }, s) => {
    const name = `stage${s + 1}`
    layers.push(...normed({ name, kind: 'conv', kernel: 3, filters, stride: 1 }))
    if (isResidual) layers.push(...residual(`${name}-branch`, `${name}-relu`, filters))
    if (s < STAGES.length - 1) layers.push({ name: `${name}-pool`, kind: 'maxPool', size: 2 })
  })
  layers.push(
    { name: 'pool', kind: 'globalAvgPool' },
    { name: 'logits', kind: 'dense', units: outputs, bias: true },
  )
  return { name: `backbone-${size}`, input: { size, channels: 3 }, classes: outputs, layers }
}

const normed = (layer: Layer): Layer[] => [
  layer,
  { name: `${layer.name}-norm`, kind: 'batchNorm' },
  { name: `${layer.name}-relu`, kind: 'relu' },
]

const residual = (name: string, from: string, filters: number): Layer[] => [
  ...normed({ name: `${name}a`, from, kind: 'conv', kernel: 3, filters, stride: 1 }),
  { name: `${name}b`, kind: 'conv', kernel: 3, filters, stride: 1 },
  { name: `${name}b-norm`, kind: 'batchNorm' },
  { name: `${name}-sum`, kind: 'add', other: from },
  { name: `${name}-relu`, kind: 'relu' },
]
