/** `LayersModel.fit` on tfjs' own WebAssembly backend, which cannot train convolutions by itself: three gradients
 *  are added, composed of its own kernels. Only for the benchmark, when that backend is installed;
 *  the product neither has nor needs it. */
import { createRequire } from 'node:module'
import path from 'node:path'
import type { Network, Weights } from '#lib/ml/network/network.ts'
import { fitOn, type LayersFit, type Tfjs } from './layers-fit.ts'

type Tensor = { readonly shape: readonly number[] }
type Attributes = {
  readonly filterShape: readonly number[]
  readonly inputShape: readonly number[]
  readonly filterSize: number | readonly number[]
  readonly pad: unknown
  readonly strides: unknown
}
type Gradient = (inputs: Readonly<Record<string, Tensor>>, attributes: Attributes) => Tensor

/** The part of tfjs that the gradients use. */
type Core = Tfjs & {
  setBackend(name: string): Promise<boolean>
  getKernel(name: string, backend: string): unknown
  unregisterKernel(name: string, backend: string): void
  registerKernel(kernel: object): void
  tidy<T>(work: () => T): T
  pad(x: Tensor, by: readonly (readonly number[])[]): Tensor
  transpose(x: Tensor, order: readonly number[]): Tensor
  reverse(x: Tensor, axes: readonly number[]): Tensor
  reshape(x: Tensor, shape: readonly number[]): Tensor
  conv2d(x: Tensor, kernel: Tensor, stride: number, pad: 'same' | 'valid'): Tensor
  equal(a: Tensor, b: Tensor): Tensor
  cast(x: Tensor, type: 'float32'): Tensor
  mul(a: Tensor, b: Tensor): Tensor
}

/** Why it cannot be loaded from that folder's node_modules, or null. */
export function whyNoTfjsWasm(folder: string): string | null {
  try {
    createRequire(path.join(folder, 'from.js')).resolve('@tensorflow/tfjs-backend-wasm')
    return null
  } catch {
    return (
      `${folder} does not have @tensorflow/tfjs-backend-wasm and @tensorflow/tfjs (set another ` +
      'folder with --tfjs-wasm)'
    )
  }
}

export async function openLayersFitOnWasm(
  network: Network,
  weights: Weights,
  { rate, threads, folder }: { readonly rate: number; readonly threads: number; readonly folder: string },
): Promise<LayersFit> {
  const require = createRequire(path.join(folder, 'from.js'))
  const tf = require('@tensorflow/tfjs') as Core
  const backend = require('@tensorflow/tfjs-backend-wasm') as { setThreadsCount(count: number): void }
  backend.setThreadsCount(threads)
  if (!(await tf.setBackend('wasm'))) throw new Error('the WebAssembly backend of tfjs does not start')
  for (const [name, gradient] of Object.entries(gradientsOf(tf))) {
    if (tf.getKernel(name, 'wasm')) tf.unregisterKernel(name, 'wasm')
    tf.registerKernel({
      kernelName: name,
      backendName: 'wasm',
      kernelFunc: ({ inputs, attrs }: { inputs: Record<string, Tensor>; attrs: Attributes }) =>
        tf.tidy(() => gradient(inputs, attrs)),
    })
  }
  return fitOn(tf, {
    network,
    weights,
    rate,
    detail:
      `LayersModel.fit of tfjs ${tf.version['tfjs-layers'] ?? ''} on its WebAssembly backend, ` +
      'convolution gradients added',
  })
}

/** For 3 × 3 convolutions with a border of one and adjacent pools, as in the benchmark's network. */
const gradientsOf = (tf: Core): Readonly<Record<string, Gradient>> => ({
  /** A convolution whose images are the input's channels and whose kernel is dy. */
  Conv2DBackpropFilter({ x, dy }) {
    const images = tf.transpose(
      tf.pad(x!, [
        [0, 0],
        [1, 1],
        [1, 1],
        [0, 0],
      ]),
      [3, 1, 2, 0],
    )
    return tf.transpose(tf.conv2d(images, tf.transpose(dy!, [1, 2, 0, 3]), 1, 'valid'), [1, 2, 0, 3])
  },
  /** The backend's own is a plain loop, six times as slow as this convolution with the reversed kernel. */
  Conv2DBackpropInput: ({ dy, filter }) =>
    tf.conv2d(dy!, tf.transpose(tf.reverse(filter!, [0, 1]), [0, 1, 3, 2]), 1, 'same'),
  /** The backend's own loses the gradient when a window's maximum is negative. */
  MaxPoolGrad({ dy, input, output }, { filterSize }) {
    const size = typeof filterSize === 'number' ? filterSize : filterSize[0]!
    const [images, height, width, channels] = dy!.shape as [number, number, number, number]
    const windows = tf.reshape(input!, [images, height, size, width, size, channels])
    const one = (values: Tensor): Tensor => tf.reshape(values, [images, height, 1, width, 1, channels])
    return tf.reshape(tf.mul(tf.cast(tf.equal(windows, one(output!)), 'float32'), one(dy!)), input!.shape)
  },
})
