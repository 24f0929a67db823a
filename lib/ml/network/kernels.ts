/** The arithmetic that layers are written in, over opaque values: an executor either computes them at once or
 *  traces them into a graph. It defines each kernel (in NHWC terms); each executor chooses its own memory
 *  layout. */
import type { Shape } from './network.ts'

/** Added to the variance by batch norm; Keras' default, which the tfjs layers file states too. */
export const EPSILON = 1e-3

/** A square window that moves over a feature map; `before` and `after` are the zeros added on each side. */
export type ConvWindow = {
  readonly kernel: number
  readonly stride: number
  readonly before: number
  readonly after: number
  readonly input: Shape
  readonly output: Shape
}

/** Adjacent windows; an incomplete one at the right and lower edge is ignored. */
export type PoolWindow = { readonly size: number; readonly input: Shape; readonly output: Shape }

export type ResizeWindow = { readonly input: Shape; readonly output: Shape }

/** Weights of each output row and column, row by row: [h', h] and [w', w]. */
export type ResizeMatrices = { readonly rows: Float32Array; readonly columns: Float32Array }

/** The output of batch norm, and what its gradient needs: the batch's mean, its variance (over N, not N − 1) and
 *  1 / √(variance + ε). */
export type BatchNormOutput<V> = {
  readonly y: V
  readonly mean: V
  readonly variance: V
  readonly inverse: V
  readonly more?: readonly V[]
}

export interface Kernels<V> {
  constant(values: Float32Array, shape: Shape): V
  /** Converts pixels (batch × h × w × c) to a feature map. */
  inputMap(pixels: V, shape: Shape): V

  /** kernel: [k, k, in, out]. Only folded networks, which cannot be trained, have a bias. */
  conv(x: V, kernel: V, window: ConvWindow, bias?: V): V
  convInputGradient(dy: V, kernel: V, window: ConvWindow): V
  convKernelGradient(x: V, dy: V, window: ConvWindow): V
  /** kernel: [k, k, channels, 1]. */
  depthwise(x: V, kernel: V, window: ConvWindow, bias?: V): V
  depthwiseInputGradient(dy: V, kernel: V, window: ConvWindow): V
  depthwiseKernelGradient(x: V, dy: V, window: ConvWindow): V

  /** Per channel, over batch and places. `shape` is that of x per image: a map or a vector. */
  batchNorm(x: V, gamma: V, beta: V, shape: Shape): BatchNormOutput<V>
  batchNormGradient(
    dy: V,
    x: V,
    gamma: V,
    normalised: BatchNormOutput<V>,
    shape: Shape,
  ): { x: V; gamma: V; beta: V }
  /** γ (x − mean) / √(variance + ε) + β with given statistics, as one multiplication and addition per
   *  channel. */
  normalise(x: V, statistics: { gamma: V; beta: V; mean: V; variance: V }, shape: Shape): V
  normaliseGradient(dy: V, statistics: { gamma: V; variance: V }, shape: Shape): V

  relu(x: V, most?: number): V
  /** dy where 0 < y (and y < most), else 0. */
  reluGradient(dy: V, y: V, most?: number): V

  /** x/6 + ½, clipped to 0…1. */
  hardSigmoid(x: V): V
  /** dy/6 where y lies between 0 and 1, else 0. */
  hardSigmoidGradient(dy: V, y: V): V
  /** x times its hardSigmoid. */
  hardSwish(x: V): V
  hardSwishGradient(dy: V, x: V): V

  maxPool(x: V, pool: PoolWindow): V
  /** Equal maxima of one window share its gradient. */
  maxPoolGradient(dy: V, x: V, y: V, pool: PoolWindow): V
  avgPool(x: V, pool: PoolWindow): V
  avgPoolGradient(dy: V, pool: PoolWindow): V
  globalAvgPool(x: V, shape: Shape): V
  globalAvgPoolGradient(dy: V, shape: Shape): V

  /** A map times one factor per image and channel (batch × channels). */
  scaleChannels(x: V, factors: V, shape: Shape): V
  scaleChannelsGradient(dy: V, x: V, factors: V, shape: Shape): { x: V; factors: V }
  /** `along.rows` [h', h] × the map × `along.columns`ᵀ [w, w'], channel by channel. */
  resize(x: V, along: ResizeMatrices, window: ResizeWindow): V
  resizeGradient(dy: V, along: ResizeMatrices, window: ResizeWindow): V
  /** Two rows as one; `lengths` are theirs. */
  concat(a: V, b: V): V
  concatGradient(dy: V, lengths: readonly [number, number]): readonly [V, V]

  /** Converts a map to a row, channels innermost. */
  flatten(x: V, shape: Shape): V
  unflatten(d: V, shape: Shape): V
  matmul(a: V, b: V, transposed?: 'first' | 'second'): V
  addBias(x: V, bias: V): V
  biasGradient(dy: V): V

  /** x / (1 − rate) where the noise byte reaches 256 × rate, else 0; its gradient is the same function of dy. */
  dropout(x: V, noise: V, rate: number, shape: Shape): V
  /** Mean over the batch of −Σ target × log softmax(logits); its gradient; the number of equal argmax. */
  crossEntropy(logits: V, targets: V): { loss: V; right: V; gradient: V }

  add(a: V, b: V): V
  subtract(a: V, b: V): V
  multiply(a: V, b: V): V
  divide(a: V, b: V): V
  squareRoot(a: V): V
  /** Σ of all elements, as one number that broadcasts. */
  total(a: V): V
  /** The smaller of a one-element value and a number. */
  atMost(a: V, most: number): V
  scale(a: V, factor: number): V

  /** Called with the output of each layer of a network, and with the image as `input`; what it returns is used
   *  instead. */
  named?(layer: string, y: V): V
  /** Called by the step when it is done with these values; an executor may free them. */
  release?(values: readonly V[]): void
}
