/** Convolutions, full and depthwise, with "same" padding as TensorFlow pads (an odd zero goes to the right
 *  and below), or with none. */
import type { ConvWindow } from '../network/kernels.ts'
import type { Shape } from '../network/network.ts'
import type { Rule } from './layer.ts'

export const conv: Rule<'conv'> = (layer, { k, x, from, to, weight }) => {
  const window = windowOf(layer, from, to)
  const kernel = weight('kernel')
  return {
    y: k.conv(x, kernel, window, layer.bias ? weight('bias') : undefined),
    back: (dy, wantsX) => ({
      gradients: { kernel: k.convKernelGradient(x, dy, window) },
      x: wantsX ? k.convInputGradient(dy, kernel, window) : null,
    }),
  }
}

export const depthwise: Rule<'depthwise'> = (layer, { k, x, from, to, weight }) => {
  const window = windowOf(layer, from, to)
  const kernel = weight('kernel')
  return {
    y: k.depthwise(x, kernel, window, layer.bias ? weight('bias') : undefined),
    back: (dy, wantsX) => ({
      gradients: { kernel: k.depthwiseKernelGradient(x, dy, window) },
      x: wantsX ? k.depthwiseInputGradient(dy, kernel, window) : null,
    }),
  }
}

function windowOf(
  { kernel, stride, padding: kind }: { kernel: number; stride: number; padding?: 'valid' },
  from: Shape,
  to: Shape,
): ConvWindow {
  const padding = Math.max(0, (to[0]! - 1) * stride + kernel - from[0]!)
  if (kind === 'valid') return { kernel, stride, before: 0, after: 0, input: from, output: to }
  return { kernel, stride, before: padding >> 1, after: padding - (padding >> 1), input: from, output: to }
}
