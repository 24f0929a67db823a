/** The interface between a training loop and the engine: a network that is trained batch by batch, stores its best
 *  state and can be stopped and continued. It knows no data set, no schedule and no file; the engine
 *  decides how the arithmetic is done. */
import type { RegressionTarget } from './loss.ts'
import type { Network, Weights } from '../network/network.ts'

export type Optimiser =
  /** `weightDecay` is added to the gradient (as in PyTorch's SGD, so that published numbers apply): g +=
   *  weightDecay × w.
   *  `shiftPace`: the rate of batch norm's shifts as a multiple of the rate (K. Jordan 2024, arXiv:2404.00498, §
   *  3.4); default 1. */
  | {
      readonly kind: 'sgd'
      readonly momentum: number
      readonly nesterov: boolean
      readonly weightDecay: number
      readonly shiftPace?: number
    }
  /** `weightDecay` is decoupled for adamw (w −= rate × weightDecay × w); adam has none. Defaults: β 0.9,
   *  0.999, ε 1e-7. */
  | { readonly kind: 'adam'; readonly beta1?: number; readonly beta2?: number; readonly epsilon?: number }
  | {
      readonly kind: 'adamw'
      readonly weightDecay: number
      readonly beta1?: number
      readonly beta2?: number
      readonly epsilon?: number
    }

export type Precision = 'auto' | 'float32' | 'bfloat16'

export type LearnerSpec = {
  readonly network: Network
  readonly weights: Weights
  /** Images per step. A batch of another size works, but each new size costs a compilation: drop the last
   *  one or keep it equal. */
  readonly batch: number
  /** Weight decay never applies to biases and batch norm. */
  readonly optimiser: Optimiser
  /** All layers up to and including this one are not trained; their batch norm uses its running statistics. */
  readonly frozenThrough?: string
  /** `frozen`: batch norm of every layer uses its running statistics and is not trained (fine-tuning on few
   *  images). Default `learns`. */
  readonly batchNorm?: 'learns' | 'frozen'
  /** Maximum gradient norm (L2 norm over all weights); a longer gradient is scaled down to it. */
  readonly clipNorm?: number
  readonly precision?: Precision
  /** Outputs that are not classes. Absent: all are. */
  readonly fitted?: RegressionTarget
  /** Share of the old running statistics that remains at each step; default 0.9. */
  readonly statisticsDecay?: number
  /** For dropout; the noise of step n depends on the seed and n alone. */
  readonly seed?: number
}

export type Batch = {
  /** count × size × size × channels, rows of pixels with channels innermost (NHWC), already normalised. */
  readonly pixels: Float32Array
  /** count × classes, each row sums to 1: one-hot, smoothed, mixed or a teacher's probabilities; outputs that
   *  are `fitted` have their own targets. */
  readonly targets: Float32Array
  readonly count: number
}

/** Mean loss of the batch before the step, and how many of its images had the largest logit where the target
 *  is largest. */
export type StepResult = { readonly loss: number; readonly right: number }

/** `logits`: count × classes; `features`: count × featureLength, the input of the last dense layer. */
export type NetworkAnswers = { readonly logits: Float32Array; readonly features: Float32Array }

/** `average`: the exponential average of the weights (only after `average(decay)` was called). */
export type Which = 'latest' | 'average'

export interface Learner extends AsyncDisposable {
  learn(batch: Batch, rate: number): Promise<StepResult>
  /** Moves the averaged weights and statistics: average = decay × average + (1 − decay) × latest. The first
   *  call copies. */
  average(decay: number): void
  /** Predicts with running statistics and without dropout; any count. */
  predict(pixels: Float32Array, count: number, which?: Which): Promise<NetworkAnswers>
  /** Stores a copy as the best so far. */
  remember(which?: Which): Promise<void>
  /** Restores the stored copy as the latest weights; the optimiser's state stays. */
  recall(): Promise<void>
  weights(which?: Which): Promise<Weights>
  /** Everything that a resumed training needs to continue identically. Valid until the next step: write or
   *  copy it before. */
  state(): Promise<LearnerState>
  restore(state: LearnerState): Promise<void>
}

/** Flat vectors in the order of the learner's own plan: store and restore them as a whole, with the same
 *  spec. */
export type LearnerState = {
  readonly step: number
  readonly latest: FlatWeights
  /** The optimiser's vectors: momentum, or first and second moments. */
  readonly moments: readonly Float32Array[]
  readonly average: FlatWeights | null
  readonly best: FlatWeights | null
}
export type FlatWeights = { readonly trained: Float32Array; readonly measured: Float32Array }
