/** Numbers in double precision with their shape, in which the reference computes. */
import { sizeOf, type Shape } from '../network/network.ts'

/** `shape` with the batch first, channels last. */
export type Exact = { readonly shape: readonly number[]; readonly data: Float64Array }

export const exact = (shape: readonly number[], values: ArrayLike<number>): Exact => ({
  shape,
  data: Float64Array.from(values),
})

export const zeros = (shape: readonly number[]): Exact => ({ shape, data: new Float64Array(sizeOf(shape)) })
export const batchOf = (x: Exact, shape: Shape): number => x.data.length / sizeOf(shape)
export const reshape = (x: Exact, shape: Shape): Exact => ({
  shape: [batchOf(x, shape), ...shape],
  data: x.data,
})
export const map = (x: Exact, f: (value: number, index: number) => number): Exact => ({
  shape: x.shape,
  data: x.data.map(f),
})
