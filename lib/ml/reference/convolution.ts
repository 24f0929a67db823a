/** Convolution and its gradients by definition, in double precision. */
import type { ConvWindow } from '../network/kernels.ts'
import { batchOf, zeros, type Exact } from './exact.ts'

/** Calls `visit` for every pair of an input place and an output place that a tap of the window connects. */
export function eachTap(
  window: ConvWindow,
  batch: number,
  visit: (input: number, output: number, tap: number) => void,
): void {
  const [h, w] = window.input as [number, number]
  const [oh, ow] = window.output as [number, number]
  for (let n = 0; n < batch; n++)
    for (let i = 0; i < oh; i++)
      for (let j = 0; j < ow; j++) {
        for (let u = 0; u < window.kernel; u++)
          for (let v = 0; v < window.kernel; v++) {
            const y = i * window.stride + u - window.before
            const x = j * window.stride + v - window.before
            if (y >= 0 && y < h && x >= 0 && x < w)
              visit((n * h + y) * w + x, (n * oh + i) * ow + j, u * window.kernel + v)
          }
      }
}

export const convolution = {
  conv(x: Exact, kernel: Exact, window: ConvWindow, bias?: Exact): Exact {
    const [inputs, outputs] = kernel.shape.slice(2) as [number, number]
    const y = zeros([batchOf(x, window.input), ...window.output])
    if (bias)
      y.data.forEach((_, i) => {
        y.data[i] = bias.data[i % outputs]!
      })
    eachTap(window, y.shape[0]!, (from, to, tap) => {
      for (let c = 0; c < inputs; c++)
        for (let o = 0; o < outputs; o++)
          y.data[to * outputs + o]! +=
            x.data[from * inputs + c]! * kernel.data[(tap * inputs + c) * outputs + o]!
    })
    return y
  },
  convInputGradient(dy: Exact, kernel: Exact, window: ConvWindow): Exact {
    const [inputs, outputs] = kernel.shape.slice(2) as [number, number]
    const dx = zeros([batchOf(dy, window.output), ...window.input])
    eachTap(window, dx.shape[0]!, (from, to, tap) => {
      for (let c = 0; c < inputs; c++)
        for (let o = 0; o < outputs; o++)
          dx.data[from * inputs + c]! +=
            dy.data[to * outputs + o]! * kernel.data[(tap * inputs + c) * outputs + o]!
    })
    return dx
  },
  convKernelGradient(x: Exact, dy: Exact, window: ConvWindow): Exact {
    const inputs = window.input[2]!
    const outputs = window.output[2]!
    const dk = zeros([window.kernel, window.kernel, inputs, outputs])
    eachTap(window, batchOf(x, window.input), (from, to, tap) => {
      for (let c = 0; c < inputs; c++)
        for (let o = 0; o < outputs; o++)
          dk.data[(tap * inputs + c) * outputs + o]! +=
            x.data[from * inputs + c]! * dy.data[to * outputs + o]!
    })
    return dk
  },
}

export const depthwiseConvolution = {
  depthwise(x: Exact, kernel: Exact, window: ConvWindow, bias?: Exact): Exact {
    const channels = window.input[2]!
    const y = zeros([batchOf(x, window.input), ...window.output])
    if (bias)
      y.data.forEach((_, i) => {
        y.data[i] = bias.data[i % channels]!
      })
    eachTap(window, y.shape[0]!, (from, to, tap) => {
      for (let c = 0; c < channels; c++)
        y.data[to * channels + c]! += x.data[from * channels + c]! * kernel.data[tap * channels + c]!
    })
    return y
  },
  depthwiseInputGradient(dy: Exact, kernel: Exact, window: ConvWindow): Exact {
    const channels = window.input[2]!
    const dx = zeros([batchOf(dy, window.output), ...window.input])
    eachTap(window, dx.shape[0]!, (from, to, tap) => {
      for (let c = 0; c < channels; c++)
        dx.data[from * channels + c]! += dy.data[to * channels + c]! * kernel.data[tap * channels + c]!
    })
    return dx
  },
  depthwiseKernelGradient(x: Exact, dy: Exact, window: ConvWindow): Exact {
    const channels = window.input[2]!
    const dk = zeros([window.kernel, window.kernel, channels, 1])
    eachTap(window, batchOf(x, window.input), (from, to, tap) => {
      for (let c = 0; c < channels; c++)
        dk.data[tap * channels + c]! += x.data[from * channels + c]! * dy.data[to * channels + c]!
    })
    return dk
  },
}
