/** The kernels written into an ONNX graph of standard operators, feature maps as NCHW. It computes nothing:
 *  onnxruntime runs the graph. Values carry hints (a factor still to be applied, a mask already applied) that
 *  save passes over memory. Longer than 300 lines because the kernels are one dialect, closed over one graph. */
import { EPSILON, type Kernels, type PoolWindow, type ConvWindow } from '../network/kernels.ts'
import type { Shape } from '../network/network.ts'
import { sizeOf } from '../network/network.ts'
import { MICROSOFT, type Graph } from './graph.ts'

export type Value = {
  readonly name: string
  /** Per channel, not yet multiplied in: batch norm's gradient leaves it to the weights of the convolution
   *  before. */
  readonly factor?: string
  /** Whether the factor applies to the channels of a map, not to the columns of rows. */
  readonly factorIsForMap?: boolean
  /** An output of relu: no value below zero. */
  readonly isRectified?: boolean
  /** Already zero where this rectified value is zero. */
  readonly maskedBy?: string
}

export type Dialect = {
  /** Images per run; null leaves it open (inference only). */
  readonly batch: number | null
  /** The WebAssembly build runs Relu and HardSigmoid as scalar loops: Max and Clip instead. */
  readonly isWasm: boolean
}

/** So large that any float32 difference times it is beyond 1, and so small that nothing overflows. */
export const STEEP = 2 ** 100
/** Below this many places a kernel gradient is one tall product instead of one per image. */
const FEW_PLACES = 64
const FEW_INPUTS = 4

export type GraphKernels = Kernels<Value>

export function createStandardKernels(g: Graph, { batch, isWasm }: Dialect): GraphKernels {
  const images = batch ?? -1
  const measured = (): number => {
    if (batch === null) throw new Error('gradients need a fixed batch')
    return batch
  }
  const value = (name: string): Value => ({ name })
  /** The value with its factor multiplied in. */
  const whole = (v: Value): string =>
    v.factor === undefined
      ? v.name
      : g.multiply(v.name, v.factorIsForMap ? g.reshape(v.factor, -1, 1, 1) : v.factor)
  const positive = (y: string): string =>
    isWasm
      ? g.op('Clip', [g.multiply(y, g.float(STEEP)), g.float(0), g.float(1)])
      : g.op('HardSigmoid', [y], { attributes: { alpha: { float: STEEP }, beta: { float: 0 } } })
  const hardSigmoid = (x: string): string =>
    isWasm
      ? g.op('Clip', [g.add(g.multiply(x, g.float(1 / 6)), g.float(0.5)), g.float(0), g.float(1)])
      : g.op('HardSigmoid', [x], { attributes: { alpha: { float: 1 / 6 }, beta: { float: 0.5 } } })
  /** 1 where 0 < y < 1, else 0; of a y that lies in 0…1. */
  const within = (y: string): string => g.multiply(positive(y), positive(g.subtract(g.float(1), y)))
  /** 1 where a (never above b) equals b. */
  const equal = (a: string, b: string): string =>
    isWasm
      ? g.op('Clip', [
          g.add(g.multiply(g.subtract(a, b), g.float(STEEP)), g.float(1)),
          g.float(0),
          g.float(1),
        ])
      : g.op('HardSigmoid', [g.subtract(a, b)], {
          attributes: { alpha: { float: STEEP }, beta: { float: 1 } },
        })

  const pads = (w: ConvWindow): readonly number[] => [w.before, w.before, w.after, w.after]
  const geometry = (w: ConvWindow, group = 1) => ({
    kernel_shape: [w.kernel, w.kernel],
    strides: [w.stride, w.stride],
    pads: pads(w),
    group,
  })
  /** A gradient per output place, as a stride-1 window over the input: rows that no window reached are
   *  cropped by the pads. */
  const backwardPads = (w: ConvWindow): readonly number[] => {
    const before = w.kernel - 1 - w.before
    const after = w.input[0]! + w.kernel - 1 - before - w.output[0]!
    return [before, before, after, after]
  }
  /** Gradient of the input under stride, by ConvTranspose, which needs the difference between the input size and
   *  its smallest possible value. */
  const transposed = (w: ConvWindow, group: number) => {
    const extra = w.input[0]! - ((w.output[0]! - 1) * w.stride + w.kernel - w.before - w.after)
    return {
      kernel_shape: [w.kernel, w.kernel],
      strides: [w.stride, w.stride],
      pads: pads(w),
      output_padding: [extra, extra],
      group,
    }
  }
  const spread = (name: string, pool: PoolWindow): string => {
    const large = g.op('Resize', [name, '', g.floats(Float32Array.of(1, 1, pool.size, pool.size), [4])], {
      attributes: { mode: 'nearest', coordinate_transformation_mode: 'asymmetric', nearest_mode: 'floor' },
    })
    const rest = [pool.input[0]! - pool.output[0]! * pool.size, pool.input[1]! - pool.output[1]! * pool.size]
    return rest[0] || rest[1] ? g.pad(large, [0, 0, 0, 0, 0, 0, ...rest]) : large
  }
  const poolAttributes = (pool: PoolWindow) => ({
    kernel_shape: [pool.size, pool.size],
    strides: [pool.size, pool.size],
  })
  const channelMean = (x: string, [h, w, c]: Shape): string =>
    w === undefined ? g.mean(x, 0) : g.mean(g.reshape(x, images, c!, h! * w), 0, 2)
  const affine = (x: string, scale: string, shift: string, shape: Shape): string => {
    if (shape.length === 1) return g.add(g.multiply(x, scale), shift)
    const channels = shape[2]!
    const none = g.floats(new Float32Array(channels), [channels])
    const one = g.floats(new Float32Array(channels).fill(1), [channels])
    return g.op('BatchNormalization', [x, scale, shift, none, one], { attributes: { epsilon: { float: 0 } } })
  }
  const inverseRoot = (variance: string): string =>
    g.op('Reciprocal', [g.op('Sqrt', [g.add(variance, g.float(EPSILON))])])
  /** A map shifted by one along an axis: forward, not at all, back. */
  const shifted = (x: string, axis: number): string[] => {
    const by = (n: number): string => {
      const pads = new Array<number>(8).fill(0)
      pads[axis] = n
      pads[axis + 4] = -n
      return g.pad(x, pads)
    }
    return [by(1), x, by(-1)]
  }

  /** Nine products of shifted maps: x is shifted sideways, dy up and down, so that six copies suffice for nine taps. */
  function gradientOfThree(x: string, dy: string, w: ConvWindow): string {
    const [places, inputs, outputs] = [w.input[0]! * w.input[1]!, w.input[2]!, w.output[2]!]
    const isFew = places <= FEW_PLACES
    const rows = (v: string, channels: number): string =>
      isFew ? g.reshape(v, -1, channels) : g.reshape(v, images, channels, places)
    const lay = (v: string): string => (isFew ? g.transpose(v, 0, 2, 3, 1) : v)
    const xs = shifted(lay(x), isFew ? 2 : 3).map((v) => rows(v, inputs))
    const ds = shifted(lay(dy), isFew ? 1 : 2).map((v) => rows(v, outputs))
    const product = (a: string, b: string): string =>
      isFew
        ? g.op('Gemm', [a, b], { attributes: { transA: 1 } })
        : g.sum(g.op('FusedMatMul', [a, b], { domain: MICROSOFT, attributes: { transB: 1 } }), 0)
    const taps = [0, 1, 2].flatMap((u) =>
      [0, 1, 2].map((v) => g.reshape(product(xs[v]!, ds[2 - u]!), 1, inputs, outputs)),
    )
    return g.reshape(g.concat(taps, 0), 3, 3, inputs, outputs)
  }

  /** Few inputs (an image): all taps side by side form one tall matrix, and one product computes them all. */
  function gradientOfFewInputs(x: string, dy: string, w: ConvWindow): string {
    const [places, inputs, outputs] = [w.input[0]! * w.input[1]!, w.input[2]!, w.output[2]!]
    const taps = shifted(x, 2).flatMap((moved) => shifted(moved, 3))
    const columns = g.reshape(g.concat(taps, 1), images, 9 * inputs, places)
    const product = g.op('FusedMatMul', [columns, g.reshape(dy, images, outputs, places)], {
      domain: MICROSOFT,
      attributes: { transB: 1 },
    })
    return g.reshape(g.sum(product, 0), 3, 3, inputs, outputs)
  }

  /** The part of x that windows reach, and the zeros around it. */
  function withinReach(x: string, w: ConvWindow): { x: string; size: number; pads: readonly number[] } {
    const after = (w.output[0]! - 1) * w.stride + w.kernel - w.input[0]! - w.before
    return {
      size: w.input[0]! + Math.min(0, after),
      x: after < 0 ? g.pad(x, [0, 0, 0, 0, 0, 0, after, after]) : x,
      pads: [w.before, w.before, Math.max(0, after), Math.max(0, after)],
    }
  }

  /** Any window: a convolution whose images are the input's channels, whose kernel is dy, and whose dilation
   *  is the stride. */
  function gradientOfAny(x: string, dy: string, w: ConvWindow): string {
    const reached = withinReach(x, w)
    const taps = g.op('Conv', [g.transpose(reached.x, 1, 0, 2, 3), g.transpose(dy, 1, 0, 2, 3)], {
      attributes: {
        kernel_shape: [w.output[0]!, w.output[1]!],
        dilations: [w.stride, w.stride],
        pads: reached.pads,
      },
    })
    return g.transpose(taps, 2, 3, 0, 1)
  }

  return {
    constant: (values, shape) => value(g.floats(values, shape)),
    inputMap: (pixels, [h, w, c]) =>
      value(c === 1 ? g.reshape(pixels.name, images, 1, h!, w!) : g.transpose(pixels.name, 0, 3, 1, 2)),

    conv: (x, kernel, w, bias) =>
      value(
        g.op('Conv', [x.name, g.transpose(kernel.name, 3, 2, 0, 1), ...(bias ? [bias.name] : [])], {
          attributes: geometry(w),
        }),
      ),
    convInputGradient(dy, kernel, w) {
      const scaled = dy.factor === undefined ? kernel.name : g.multiply(kernel.name, dy.factor)
      if (w.stride > 1)
        return value(
          g.op('ConvTranspose', [dy.name, g.transpose(scaled, 3, 2, 0, 1)], { attributes: transposed(w, 1) }),
        )
      return value(
        g.op('Conv', [dy.name, turned(g, scaled, w)], {
          attributes: { kernel_shape: [w.kernel, w.kernel], pads: backwardPads(w) },
        }),
      )
    },
    convKernelGradient(x, dy, w) {
      const [places, inputs, outputs] = [w.input[0]! * w.input[1]!, w.input[2]!, w.output[2]!]
      const pointwise = (): string =>
        g.reshape(
          g.sum(
            g.op(
              'FusedMatMul',
              [g.reshape(x.name, images, inputs, places), g.reshape(dy.name, images, outputs, places)],
              { domain: MICROSOFT, attributes: { transB: 1 } },
            ),
            0,
          ),
          1,
          1,
          inputs,
          outputs,
        )
      const gradient = (): string => {
        if (w.stride > 1) return gradientOfAny(x.name, dy.name, w)
        if (w.kernel === 3 && w.before === 1)
          return (inputs <= FEW_INPUTS ? gradientOfFewInputs : gradientOfThree)(x.name, dy.name, w)
        return w.kernel === 1 ? pointwise() : gradientOfAny(x.name, dy.name, w)
      }
      const unscaled = gradient()
      return value(dy.factor === undefined ? unscaled : g.multiply(unscaled, dy.factor))
    },

    depthwise: (x, kernel, w, bias) =>
      value(
        g.op('Conv', [x.name, g.transpose(kernel.name, 2, 3, 0, 1), ...(bias ? [bias.name] : [])], {
          attributes: geometry(w, w.input[2]!),
        }),
      ),
    depthwiseInputGradient(dy, kernel, w) {
      const channels = w.input[2]!
      const scaled =
        dy.factor === undefined ? kernel.name : g.multiply(kernel.name, g.reshape(dy.factor, channels, 1))
      if (w.stride > 1)
        return value(
          g.op('ConvTranspose', [dy.name, g.transpose(scaled, 2, 3, 0, 1)], {
            attributes: transposed(w, channels),
          }),
        )
      return value(
        g.op('Conv', [dy.name, turned(g, scaled, w)], {
          attributes: { kernel_shape: [w.kernel, w.kernel], pads: backwardPads(w), group: channels },
        }),
      )
    },
    /** One group per image and channel: its kernel is that channel of dy. */
    depthwiseKernelGradient(x, dy, w) {
      const [oh, ow, c] = w.output as [number, number, number]
      const reached = withinReach(x.name, w)
      const taps = g.op(
        'Conv',
        [
          g.reshape(reached.x, 1, measured() * c, reached.size, reached.size),
          g.reshape(dy.name, measured() * c, 1, oh, ow),
        ],
        {
          attributes: {
            kernel_shape: [oh, ow],
            dilations: [w.stride, w.stride],
            pads: reached.pads,
            group: measured() * c,
          },
        },
      )
      const kernel = g.transpose(g.sum(g.reshape(taps, measured(), c, w.kernel, w.kernel), 0), 1, 2, 0)
      return value(
        g.reshape(dy.factor === undefined ? kernel : g.multiply(kernel, dy.factor), w.kernel, w.kernel, c, 1),
      )
    },

    batchNorm(x, gamma, beta, shape) {
      const mean = channelMean(x.name, shape)
      const variance = g.op('Max', [
        g.subtract(channelMean(g.multiply(x.name, x.name), shape), g.multiply(mean, mean)),
        g.float(0),
      ])
      const inverse = inverseRoot(variance)
      const scale = g.multiply(gamma.name, inverse)
      const y = affine(x.name, scale, g.subtract(beta.name, g.multiply(scale, mean)), shape)
      return {
        y: value(y),
        mean: value(mean),
        variance: value(variance),
        inverse: value(inverse),
        more: [value(scale)],
      }
    },
    /** dx = γ/σ (dy + p x + q) with p, q per channel; the factor γ/σ is left to the weights before. */
    batchNormGradient(dy, x, _, { mean, inverse, more }, shape) {
      const d = whole(dy)
      const meanOfD = channelMean(d, shape)
      const meanOfBoth = channelMean(g.multiply(d, x.name), shape)
      const forGamma = g.multiply(inverse.name, g.subtract(meanOfBoth, g.multiply(mean.name, meanOfD)))
      const p = g.op('Neg', [g.multiply(forGamma, inverse.name)])
      const q = g.op('Neg', [g.add(meanOfD, g.multiply(p, mean.name))])
      const places = g.float(measured() * sizeOf(shape.slice(0, -1)))
      return {
        x: {
          name: g.add(d, affine(x.name, p, q, shape)),
          factor: more![0]!.name,
          factorIsForMap: shape.length === 3,
        },
        gamma: value(g.multiply(forGamma, places)),
        beta: value(g.multiply(meanOfD, places)),
      }
    },
    normalise(x, { gamma, beta, mean, variance }, shape) {
      if (shape.length === 3)
        return value(
          g.op('BatchNormalization', [x.name, gamma.name, beta.name, mean.name, variance.name], {
            attributes: { epsilon: { float: EPSILON } },
          }),
        )
      const scale = g.multiply(gamma.name, inverseRoot(variance.name))
      return value(affine(x.name, scale, g.subtract(beta.name, g.multiply(scale, mean.name)), shape))
    },
    normaliseGradient: (dy, { gamma, variance }, shape) => ({
      name: whole(dy),
      factor: g.multiply(gamma.name, inverseRoot(variance.name)),
      factorIsForMap: shape.length === 3,
    }),

    relu(x, most) {
      if (most !== undefined)
        return { name: g.op('Clip', [x.name, g.float(0), g.float(most)]), isRectified: false }
      const name = isWasm ? g.op('Max', [x.name, g.float(0)]) : g.op('Relu', [x.name])
      return { name, isRectified: true }
    },
    reluGradient(dy, y, most) {
      if (dy.maskedBy === y.name) return value(dy.name)
      const open = positive(y.name)
      const mask = most === undefined ? open : g.multiply(open, positive(g.subtract(g.float(most), y.name)))
      return value(g.multiply(whole(dy), mask))
    },

    hardSigmoid: (x) => value(hardSigmoid(x.name)),
    hardSigmoidGradient: (dy, y) => value(g.multiply(g.multiply(whole(dy), within(y.name)), g.float(1 / 6))),
    hardSwish: (x) => value(g.multiply(x.name, hardSigmoid(x.name))),
    hardSwishGradient(dy, x) {
      const y = hardSigmoid(x.name)
      const slope = g.add(y, g.multiply(g.multiply(x.name, g.float(1 / 6)), within(y)))
      return value(g.multiply(whole(dy), slope))
    },

    maxPool: (x, pool) => ({
      name: g.op('MaxPool', [x.name], { attributes: poolAttributes(pool) }),
      isRectified: x.isRectified ?? false,
    }),
    /** After relu, its mask is applied here, to the few pooled values instead of the many. */
    maxPoolGradient(dy, x, y, pool) {
      const d = whole(dy)
      const isLargest = equal(x.name, spread(y.name, pool))
      const ties = g.multiply(
        g.op('AveragePool', [isLargest], { attributes: poolAttributes(pool) }),
        g.float(pool.size ** 2),
      )
      const shared = g.op('Div', [x.isRectified ? g.multiply(d, positive(y.name)) : d, ties])
      return {
        name: g.multiply(spread(shared, pool), isLargest),
        ...(x.isRectified ? { maskedBy: x.name } : {}),
      }
    },
    avgPool: (x, pool) => ({
      name: g.op('AveragePool', [x.name], { attributes: poolAttributes(pool) }),
      isRectified: x.isRectified ?? false,
    }),
    avgPoolGradient: (dy, pool) => value(spread(g.multiply(whole(dy), g.float(1 / pool.size ** 2)), pool)),
    globalAvgPool: (x) => value(g.mean(x.name, 2, 3)),
    globalAvgPoolGradient: (dy, [h, w, c]) =>
      value(
        g.op('Expand', [
          g.reshape(g.multiply(whole(dy), g.float(1 / (h! * w!))), images, c!, 1, 1),
          g.ints(1, c!, h!, w!),
        ]),
      ),

    scaleChannels: (x, factors, [, , c]) =>
      value(g.multiply(x.name, g.reshape(factors.name, images, c!, 1, 1))),
    scaleChannelsGradient(dy, x, factors, [, , c]) {
      const d = whole(dy)
      return {
        x: value(g.multiply(d, g.reshape(factors.name, images, c!, 1, 1))),
        factors: value(g.sum(g.multiply(d, x.name), 2, 3)),
      }
    },
    resize(x, { rows, columns }, { input: [h, w], output: [oh, ow] }) {
      const across = g.op('MatMul', [x.name, g.floats(turnedMatrix(columns, ow!, w!), [w!, ow!])])
      return value(g.op('MatMul', [g.floats(rows, [oh!, h!]), across]))
    },
    resizeGradient(dy, { rows, columns }, { input: [h, w], output: [oh, ow] }) {
      const down = g.op('MatMul', [g.floats(turnedMatrix(rows, oh!, h!), [h!, oh!]), whole(dy)])
      return value(g.op('MatMul', [down, g.floats(columns, [ow!, w!])]))
    },
    concat: (a, b) => value(g.concat([a.name, b.name], 1)),
    concatGradient(dy, lengths) {
      const [a, b] = g.several('Split', [whole(dy), g.ints(...lengths)], {
        outputs: 2,
        attributes: { axis: 1 },
      })
      return [value(a!), value(b!)]
    },

    flatten: (x, shape) => value(g.reshape(g.transpose(x.name, 0, 2, 3, 1), images, sizeOf(shape))),
    unflatten: (d, shape) => value(g.transpose(g.reshape(whole(d), images, ...shape), 0, 3, 1, 2)),
    matmul(a, b, which) {
      if (which === undefined) return value(g.op('MatMul', [a.name, b.name]))
      if (which === 'first') {
        const product = g.op('Gemm', [a.name, b.name], { attributes: { transA: 1 } })
        return value(b.factor === undefined ? product : g.multiply(product, b.factor))
      }
      return value(
        g.op('Gemm', [a.name, a.factor === undefined ? b.name : g.multiply(b.name, a.factor)], {
          attributes: { transB: 1 },
        }),
      )
    },
    addBias: (x, bias) => value(g.add(x.name, bias.name)),
    biasGradient: (dy) =>
      value(dy.factor === undefined ? g.sum(dy.name, 0) : g.multiply(g.sum(dy.name, 0), dy.factor)),

    dropout(x, noise, rate, shape) {
      const threshold = Math.round(rate * 256)
      const bytes = g.op('Cast', [noise.name], { attributes: { to: 1 } })
      const laid =
        shape.length === 3
          ? g.transpose(g.reshape(bytes, images, ...shape), 0, 3, 1, 2)
          : g.reshape(bytes, images, ...shape)
      const stays = g.op('Clip', [g.subtract(laid, g.float(threshold - 1)), g.float(0), g.float(1)])
      return value(g.multiply(whole(x), g.multiply(stays, g.float(1 / (1 - threshold / 256)))))
    },
    crossEntropy(logits, targets) {
      const share = g.float(1 / measured())
      const logs = g.op('LogSoftmax', [logits.name], { attributes: { axis: 1 } })
      const top = (v: string): string => g.op('ArgMax', [v], { attributes: { axis: 1, keepdims: 0 } })
      const agree = g.op('Cast', [g.op('Equal', [top(logits.name), top(targets.name)])], {
        attributes: { to: 1 },
      })
      return {
        loss: value(
          g.reshape(g.op('Neg', [g.multiply(g.sum(g.multiply(logs, targets.name), 0, 1), share)]), 1),
        ),
        right: value(g.reshape(g.sum(agree, 0), 1)),
        gradient: value(g.multiply(g.subtract(g.op('Exp', [logs]), targets.name), share)),
      }
    },

    add: (a, b) => value(g.add(whole(a), whole(b))),
    subtract: (a, b) => value(g.subtract(a.name, b.name)),
    multiply: (a, b) => value(g.multiply(a.name, b.name)),
    divide: (a, b) => value(g.op('Div', [a.name, b.name])),
    squareRoot: (a) => value(g.op('Sqrt', [a.name])),
    total: (a) => value(g.reshape(g.op('ReduceSum', [a.name], { attributes: { keepdims: 0 } }), 1)),
    atMost: (a, most) => value(g.op('Min', [a.name, g.float(most)])),
    scale: (a, factor) => value(g.multiply(a.name, g.float(factor))),
  }
}

/** [rows, columns] → [columns, rows] */
const turnedMatrix = (values: Float32Array, rows: number, columns: number): Float32Array =>
  values.map((_, i) => values[(i % rows) * columns + Math.floor(i / rows)]!)

/** The kernel for the backward pass: taps in reverse order; as [inputs, outputs (depthwise 1), k, k] it maps
 *  outputs to inputs. */
function turned(g: Graph, kernel: string, w: ConvWindow): string {
  const past = -w.kernel - 1
  const reversed =
    w.kernel === 1
      ? kernel
      : g.op('Slice', [kernel, g.ints(-1, -1), g.ints(past, past), g.ints(0, 1), g.ints(-1, -1)])
  return g.transpose(reversed, 2, 3, 0, 1)
}
