/** The kernels in plain float64 loops: the reference for every executor, and itself checked by finite
 *  differences. Not optimised. */
import { EPSILON, type ConvWindow, type Kernels, type PoolWindow } from '../network/kernels.ts'
import { sizeOf, type Shape } from '../network/network.ts'
import { branches, hardActivations } from './branches.ts'
import { convolution, depthwiseConvolution, eachTap } from './convolution.ts'
import { batchOf, exact, map, reshape, zeros, type Exact } from './exact.ts'

export function createReference(): Kernels<Exact> {
  return {
    constant: (values, shape) => exact(shape, values),
    inputMap: (pixels, shape) => reshape(pixels, shape),
    ...convolution,
    ...depthwiseConvolution,
    ...normalisation,
    ...hardActivations,
    ...pooling,
    ...branches,
    ...rows,
    ...elements,
  }
}

function channelMean(x: Exact, value: (index: number, channel: number) => number): Exact {
  const channels = x.shape.at(-1)!
  const mean = zeros([channels])
  x.data.forEach((_, i) => {
    mean.data[i % channels]! += value(i, i % channels) / (x.data.length / channels)
  })
  return mean
}

const normalisation = {
  batchNorm(x: Exact, gamma: Exact, beta: Exact) {
    const channels = x.shape.at(-1)!
    const mean = channelMean(x, (i) => x.data[i]!)
    const variance = channelMean(x, (i, c) => (x.data[i]! - mean.data[c]!) ** 2)
    const inverse = map(variance, (v) => 1 / Math.sqrt(v + EPSILON))
    const y = map(
      x,
      (v, i) =>
        gamma.data[i % channels]! * (v - mean.data[i % channels]!) * inverse.data[i % channels]! +
        beta.data[i % channels]!,
    )
    return { y, mean, variance, inverse }
  },
  batchNormGradient(dy: Exact, x: Exact, gamma: Exact, { mean, inverse }: { mean: Exact; inverse: Exact }) {
    const channels = x.shape.at(-1)!
    const places = x.data.length / channels
    const standard = map(x, (v, i) => (v - mean.data[i % channels]!) * inverse.data[i % channels]!)
    const meanOfDy = channelMean(x, (i) => dy.data[i]!)
    const meanOfBoth = channelMean(x, (i) => dy.data[i]! * standard.data[i]!)
    return {
      x: map(
        dy,
        (d, i) =>
          gamma.data[i % channels]! *
          inverse.data[i % channels]! *
          (d - meanOfDy.data[i % channels]! - standard.data[i]! * meanOfBoth.data[i % channels]!),
      ),
      gamma: map(meanOfBoth, (v) => v * places),
      beta: map(meanOfDy, (v) => v * places),
    }
  },
  normalise(
    x: Exact,
    { gamma, beta, mean, variance }: { gamma: Exact; beta: Exact; mean: Exact; variance: Exact },
  ): Exact {
    const channels = x.shape.at(-1)!
    return map(
      x,
      (v, i) =>
        ((v - mean.data[i % channels]!) / Math.sqrt(variance.data[i % channels]! + EPSILON)) *
          gamma.data[i % channels]! +
        beta.data[i % channels]!,
    )
  },
  normaliseGradient(dy: Exact, { gamma, variance }: { gamma: Exact; variance: Exact }): Exact {
    const channels = dy.shape.at(-1)!
    return map(
      dy,
      (d, i) => (d * gamma.data[i % channels]!) / Math.sqrt(variance.data[i % channels]! + EPSILON),
    )
  },
  relu: (x: Exact, most = Infinity): Exact => map(x, (v) => Math.min(most, Math.max(0, v))),
  reluGradient: (dy: Exact, y: Exact, most = Infinity): Exact =>
    map(dy, (d, i) => (y.data[i]! > 0 && y.data[i]! < most ? d : 0)),
}

const asWindow = (pool: PoolWindow): ConvWindow => ({
  kernel: pool.size,
  stride: pool.size,
  before: 0,
  after: 0,
  input: pool.input,
  output: pool.output,
})

const pooling = {
  maxPool(x: Exact, pool: PoolWindow): Exact {
    const channels = pool.input[2]!
    const y = zeros([batchOf(x, pool.input), ...pool.output])
    y.data.fill(-Infinity)
    eachTap(asWindow(pool), y.shape[0]!, (from, to) => {
      for (let c = 0; c < channels; c++)
        y.data[to * channels + c] = Math.max(y.data[to * channels + c]!, x.data[from * channels + c]!)
    })
    return y
  },
  maxPoolGradient(dy: Exact, x: Exact, y: Exact, pool: PoolWindow): Exact {
    const channels = pool.input[2]!
    const dx = zeros(x.shape)
    const ties = new Float64Array(y.data.length)
    const each = (visit: (from: number, to: number) => void): void =>
      eachTap(asWindow(pool), x.shape[0]!, (from, to) => {
        for (let c = 0; c < channels; c++)
          if (x.data[from * channels + c] === y.data[to * channels + c])
            visit(from * channels + c, to * channels + c)
      })
    each((_, to) => {
      ties[to]! += 1
    })
    each((from, to) => {
      dx.data[from] = dy.data[to]! / ties[to]!
    })
    return dx
  },
  avgPool(x: Exact, pool: PoolWindow): Exact {
    const channels = pool.input[2]!
    const y = zeros([batchOf(x, pool.input), ...pool.output])
    eachTap(asWindow(pool), y.shape[0]!, (from, to) => {
      for (let c = 0; c < channels; c++)
        y.data[to * channels + c]! += x.data[from * channels + c]! / pool.size ** 2
    })
    return y
  },
  avgPoolGradient(dy: Exact, pool: PoolWindow): Exact {
    const channels = pool.input[2]!
    const dx = zeros([batchOf(dy, pool.output), ...pool.input])
    eachTap(asWindow(pool), dx.shape[0]!, (from, to) => {
      for (let c = 0; c < channels; c++)
        dx.data[from * channels + c] = dy.data[to * channels + c]! / pool.size ** 2
    })
    return dx
  },
  globalAvgPool(x: Exact, shape: Shape): Exact {
    const [h, w, c] = shape as [number, number, number]
    const y = zeros([batchOf(x, shape), c])
    x.data.forEach((v, i) => {
      y.data[Math.floor(i / (h * w * c)) * c + (i % c)]! += v / (h * w)
    })
    return y
  },
  globalAvgPoolGradient(dy: Exact, shape: Shape): Exact {
    const [h, w, c] = shape as [number, number, number]
    return map(
      zeros([dy.shape[0]!, ...shape]),
      (_, i) => dy.data[Math.floor(i / (h * w * c)) * c + (i % c)]! / (h * w),
    )
  },
}

const rows = {
  flatten: (x: Exact, shape: Shape): Exact => reshape(x, [sizeOf(shape)]),
  unflatten: (d: Exact, shape: Shape): Exact => reshape(d, shape),
  matmul(a: Exact, b: Exact, transposed?: 'first' | 'second'): Exact {
    const [p, q] = transposed === 'first' ? [a.shape[1]!, a.shape[0]!] : [a.shape[0]!, a.shape[1]!]
    const r = transposed === 'second' ? b.shape[0]! : b.shape[1]!
    const at = (i: number, j: number): number =>
      transposed === 'first' ? a.data[j * p + i]! : a.data[i * q + j]!
    const bt = (i: number, j: number): number =>
      transposed === 'second' ? b.data[j * q + i]! : b.data[i * r + j]!
    const y = zeros([p, r])
    for (let i = 0; i < p; i++)
      for (let j = 0; j < r; j++) for (let m = 0; m < q; m++) y.data[i * r + j]! += at(i, m) * bt(m, j)
    return y
  },
  addBias: (x: Exact, bias: Exact): Exact => map(x, (v, i) => v + bias.data[i % bias.data.length]!),
  biasGradient(dy: Exact): Exact {
    const columns = dy.shape.at(-1)!
    const sum = zeros([columns])
    dy.data.forEach((d, i) => {
      sum.data[i % columns]! += d
    })
    return sum
  },
  dropout: (x: Exact, noise: Exact, rate: number): Exact => {
    const threshold = Math.round(rate * 256)
    return map(x, (v, i) => (noise.data[i]! >= threshold ? v / (1 - threshold / 256) : 0))
  },
  crossEntropy(logits: Exact, targets: Exact) {
    const [batch, classes] = logits.shape as [number, number]
    const gradient = zeros(logits.shape)
    let loss = 0
    let right = 0
    for (let n = 0; n < batch; n++) {
      const row = logits.data.subarray(n * classes, (n + 1) * classes)
      const target = targets.data.subarray(n * classes, (n + 1) * classes)
      const top = Math.max(...row)
      const logTotal = top + Math.log(row.reduce((sum, v) => sum + Math.exp(v - top), 0))
      for (let c = 0; c < classes; c++) {
        loss -= (target[c]! * (row[c]! - logTotal)) / batch
        gradient.data[n * classes + c] = (Math.exp(row[c]! - logTotal) - target[c]!) / batch
      }
      if (row.indexOf(top) === target.indexOf(Math.max(...target))) right += 1
    }
    return { loss: exact([1], [loss]), right: exact([1], [right]), gradient }
  },
}

/** Element by element; a value with one element is broadcast. */
const both =
  (f: (a: number, b: number) => number) =>
  (a: Exact, b: Exact): Exact => {
    const longer = a.data.length >= b.data.length ? a : b
    return map(longer, (_, i) => f(a.data[i % a.data.length]!, b.data[i % b.data.length]!))
  }

const elements = {
  add: both((a, b) => a + b),
  subtract: both((a, b) => a - b),
  multiply: both((a, b) => a * b),
  divide: both((a, b) => a / b),
  squareRoot: (a: Exact): Exact => map(a, Math.sqrt),
  total: (a: Exact): Exact => exact([1], [a.data.reduce((sum, v) => sum + v, 0)]),
  atMost: (a: Exact, most: number): Exact => map(a, (v) => Math.min(v, most)),
  scale: (a: Exact, factor: number): Exact => map(a, (v) => v * factor),
}
