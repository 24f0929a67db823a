/** Hard activations, channel factors, resizing and concatenation with their gradients by definition, in double
 *  precision. */
import type { ResizeMatrices, ResizeWindow } from '../network/kernels.ts'
import { sizeOf, type Shape } from '../network/network.ts'
import { batchOf, map, zeros, type Exact } from './exact.ts'

const clipped = (v: number): number => Math.min(1, Math.max(0, v / 6 + 0.5))

export const hardActivations = {
  hardSigmoid: (x: Exact): Exact => map(x, clipped),
  hardSigmoidGradient: (dy: Exact, y: Exact): Exact =>
    map(dy, (d, i) => (y.data[i]! > 0 && y.data[i]! < 1 ? d / 6 : 0)),
  hardSwish: (x: Exact): Exact => map(x, (v) => v * clipped(v)),
  hardSwishGradient: (dy: Exact, x: Exact): Exact =>
    map(dy, (d, i) => d * (clipped(x.data[i]!) + (Math.abs(x.data[i]!) < 3 ? x.data[i]! / 6 : 0))),
}

/** Σ over the input places of one side, of all `lines` that lie `step` apart. */
function alongSide(
  x: Exact,
  shape: readonly number[],
  matrix: (to: number, from: number) => number,
  sides: {
    readonly lines: number
    readonly from: number
    readonly to: number
    readonly step: number
  },
): Exact {
  const y = zeros(shape)
  const { lines, from, to, step } = sides
  for (let line = 0; line < lines; line++)
    for (let i = 0; i < to; i++)
      for (let j = 0; j < from; j++) {
        const weight = matrix(i, j)
        if (weight !== 0)
          for (let s = 0; s < step; s++)
            y.data[(line * to + i) * step + s]! += weight * x.data[(line * from + j) * step + s]!
      }
  return y
}

export const branches = {
  scaleChannels(x: Exact, factors: Exact, shape: Shape): Exact {
    const [image, channels] = [sizeOf(shape), shape.at(-1)!]
    return map(x, (v, i) => v * factors.data[Math.floor(i / image) * channels + (i % channels)]!)
  },
  scaleChannelsGradient(dy: Exact, x: Exact, factors: Exact, shape: Shape) {
    const [image, channels] = [sizeOf(shape), shape.at(-1)!]
    const forFactors = zeros(factors.shape)
    dy.data.forEach((d, i) => {
      forFactors.data[Math.floor(i / image) * channels + (i % channels)]! += d * x.data[i]!
    })
    return { x: branches.scaleChannels(dy, factors, shape), factors: forFactors }
  },
  resize(x: Exact, { rows, columns }: ResizeMatrices, { input, output }: ResizeWindow): Exact {
    const [h, w, c] = input as [number, number, number]
    const [oh, ow] = output as [number, number]
    const batch = batchOf(x, input)
    const across = alongSide(x, [batch, h, ow, c], (i, j) => columns[i * w + j]!, {
      lines: batch * h,
      from: w,
      to: ow,
      step: c,
    })
    const down = { lines: batch, from: h, to: oh, step: ow * c }
    return alongSide(across, [batch, oh, ow, c], (i, j) => rows[i * h + j]!, down)
  },
  resizeGradient(dy: Exact, { rows, columns }: ResizeMatrices, { input, output }: ResizeWindow): Exact {
    const [h, w, c] = input as [number, number, number]
    const [oh, ow] = output as [number, number]
    const batch = batchOf(dy, output)
    const down = { lines: batch, from: oh, to: h, step: ow * c }
    const across = alongSide(dy, [batch, h, ow, c], (i, j) => rows[j * h + i]!, down)
    return alongSide(across, [batch, h, w, c], (i, j) => columns[j * w + i]!, {
      lines: batch * h,
      from: ow,
      to: w,
      step: c,
    })
  },
  concat(a: Exact, b: Exact): Exact {
    const [batch, first, second] = [a.shape[0]!, a.shape[1]!, b.shape[1]!]
    const y = zeros([batch, first + second])
    for (let n = 0; n < batch; n++) {
      y.data.set(a.data.subarray(n * first, (n + 1) * first), n * (first + second))
      y.data.set(b.data.subarray(n * second, (n + 1) * second), n * (first + second) + first)
    }
    return y
  },
  concatGradient(dy: Exact, [first, second]: readonly [number, number]): readonly [Exact, Exact] {
    const batch = dy.shape[0]!
    const [a, b] = [zeros([batch, first]), zeros([batch, second])]
    dy.data.forEach((d, i) => {
      const [n, at] = [Math.floor(i / (first + second)), i % (first + second)]
      if (at < first) a.data[n * first + at] = d
      else b.data[n * second + at - first] = d
    })
    return [a, b]
  },
}
