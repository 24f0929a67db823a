/** Convolutions, full and depthwise. The padding of a layer becomes the zeros before and after a window's places
 *  here. */
import type { ConvWindow } from '../network/kernels.ts'
import type { PaddingMode, Shape } from '../network/network.ts'
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
  { kernel, stride, padding: kind }: { kernel: number; stride: number; padding?: PaddingMode },
  from: Shape,
  to: Shape,
): ConvWindow {
  if (kind === 'valid') return { kernel, stride, before: 0, after: 0, input: from, output: to }
  const reach = (to[0]! - 1) * stride + kernel - from[0]!
  const padding = Math.max(0, reach)
  if (kind === 'symmetric') {
    const before = (kernel - 1) >> 1
    return { kernel, stride, before, after: Math.max(0, reach - before), input: from, output: to }
  }
  return { kernel, stride, before: padding >> 1, after: padding - (padding >> 1), input: from, output: to }
}
