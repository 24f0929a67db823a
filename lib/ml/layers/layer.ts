/** The interface of a layer's rule: forward returns the output and the function for the backward pass. It holds
 *  no rule itself. */
import type { Kernels } from '../network/kernels.ts'
import type { Layer, Shape } from '../network/network.ts'

export type LayerOf<K extends Layer['kind']> = Extract<Layer, { kind: K }>

export type Inputs<V> = {
  readonly k: Kernels<V>
  readonly x: V
  /** Output of `layer.other`, of layers that read two. */
  readonly other: V | null
  /** Shape of x and of y, per image. */
  readonly from: Shape
  readonly to: Shape
  /** This layer's tensor of that role (`kernel`, `gamma`, …). */
  weight(role: string): V
  /** For dropout in training; null in inference. */
  readonly noise: V | null
  /** Whether batch norm measures the batch or uses its running statistics. */
  readonly isMeasuring: boolean
}

export type Back<V> = {
  /** Gradient of the input; null when it was not requested. */
  readonly x: V | null
  readonly other?: V
  /** By role. */
  readonly gradients: Readonly<Record<string, V>>
}

export type Forward<V> = {
  readonly y: V
  back(dy: V, wantsX: boolean): Back<V>
  /** Batch statistics by role, of a measuring batch norm. */
  readonly measured?: Readonly<Record<string, V>>
  /** What the backward pass needs in addition to x and y. */
  readonly saved?: readonly V[]
}

export type Rule<K extends Layer['kind']> = <V>(layer: LayerOf<K>, inputs: Inputs<V>) => Forward<V>
