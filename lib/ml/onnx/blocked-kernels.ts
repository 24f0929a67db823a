/** The kernels in ONNX Runtime's blocked layout (`com.microsoft.nchwc`: channels in blocks that fill a
 *  register), about 1.6 × faster than the standard one. The layout is internal to ONNX Runtime: code that uses
 *  this module pins its version, probes the block size and verifies a step. When a map's channels don't fill
 *  blocks, and for operators without a blocked form, the standard kernels work on the reordered map.
 *  Longer than 300 lines because the kernels are one dialect, closed over one graph. */
import { EPSILON, type Kernels, type PoolWindow, type ConvWindow } from '../network/kernels.ts'
import { sizeOf, type Shape } from '../network/network.ts'
import { blockedKernelGradient } from './blocked-gradient.ts'
import { BLOCKED, type Graph } from './graph.ts'
import { createStandardKernels, STEEP, type Value } from './standard-kernels.ts'
import type { Attribute } from './writer.ts'

/** A map in blocks is marked as such; its node is created on first use, so that the next operator may absorb it
 *  (batch norm, sum, relu: one operator). */
export type BlockedValue = Value & {
  readonly blocked?: Shape
  readonly affine?: Affine
  /** The same map with channels innermost, when it exists already. */ readonly nhwc?: string
  /** Its mean per channel, when it was cheaper to compute elsewhere. */ readonly mean?: string
}
type Affine = { readonly x: string; readonly scale: string; readonly shift: string; readonly sum?: string }

export function createBlockedKernels(
  g: Graph,
  { batch, block }: { readonly batch: number; readonly block: number },
): Kernels<BlockedValue> {
  const standard = createStandardKernels(g, { batch, isWasm: false })
  const fits = (channels: number): boolean => channels % block === 0
  const op = (
    kind: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, Attribute>> = {},
  ): string => g.op(kind, inputs, { domain: BLOCKED, attributes })
  const inBlocks = (name: string, shape: Shape, hints: Omit<Value, 'name'> = {}): BlockedValue => ({
    name,
    blocked: shape,
    ...hints,
  })

  const affine = (
    { x, scale, shift, sum }: Affine,
    channels: number,
    activation: Readonly<Record<string, Attribute>> = {},
  ): string =>
    op('Conv', [x, g.reshape(scale, channels, 1, 1, 1), shift, ...(sum === undefined ? [] : [sum])], {
      group: channels,
      kernel_shape: [1, 1],
      pads: [0, 0, 0, 0],
      ...activation,
    })
  const lazyAffine = (parts: Affine, shape: Shape): BlockedValue => {
    let name: string | undefined
    return {
      blocked: shape,
      affine: parts,
      get name() {
        return (name ??= affine(parts, shape[2]!))
      },
    }
  }
  const filled = (value: number, channels: number): string =>
    g.floats(new Float32Array(channels).fill(value), [channels])
  const whole = (v: BlockedValue): string =>
    v.factor === undefined
      ? v.name
      : affine({ x: v.name, scale: v.factor, shift: filled(0, v.blocked![2]!) }, v.blocked![2]!)

  const laid = (x: BlockedValue): { blocked?: Shape } => (x.blocked ? { blocked: x.blocked } : {})
  /** A gradient that depends on each element of `at` alone. */
  const elementwise = (
    dy: BlockedValue,
    at: BlockedValue,
    gradient: (dy: Value, at: Value) => Value,
  ): BlockedValue => {
    if (!at.blocked) return gradient(rows(dy), at)
    const d = dy.blocked ? dy : toBlocks(dy, at.blocked)
    return inBlocks(gradient({ name: whole(d) }, { name: at.name }).name, at.blocked)
  }
  /** A map in blocks lies as [image, block of channels, place, channel of the block]. */
  const scaledBlocks = (x: string, factors: string, [h, w, c]: Shape): string => {
    const lying = g.reshape(x, batch, c! / block, h! * w!, block)
    return g.reshape(g.multiply(lying, g.reshape(factors, batch, c! / block, 1, block)), batch, c!, h!, w!)
  }

  const reordered = new Map<string, string>()
  /** In the layout of the standard kernels. */
  const plain = (v: BlockedValue): Value => {
    if (!v.blocked) return v
    const name = reordered.get(v.name) ?? op('ReorderOutput', [v.name], { channels: v.blocked[2]! })
    reordered.set(v.name, name)
    return {
      name: name,
      ...(v.factor === undefined ? {} : { factor: v.factor, factorIsForMap: true }),
      ...(v.isRectified ? { isRectified: true } : {}),
    }
  }
  /** A standard map put into blocks when it fits. */
  const toBlocks = (v: Value, shape: Shape): BlockedValue => {
    if (shape.length !== 3 || !fits(shape[2]!)) return v
    return { ...v, name: op('ReorderInput', [v.name]), blocked: shape }
  }
  const channelsLast = (v: BlockedValue, shape: Shape): string =>
    v.nhwc ??
    (v.blocked
      ? op('ReorderOutput', [v.name], { channels: shape[2]!, channels_last: 1 })
      : g.transpose(v.name, 0, 2, 3, 1))
  const rows = (v: BlockedValue): BlockedValue => (v.blocked ? plain(v) : v)
  const inSameLayout = (a: BlockedValue, b: BlockedValue): [BlockedValue, BlockedValue] => {
    const shape = a.blocked ?? b.blocked
    return shape ? [a.blocked ? a : toBlocks(a, shape), b.blocked ? b : toBlocks(b, shape)] : [a, b]
  }

  const channelMean = (x: string, shape: Shape): string =>
    g.mean(g.reshape(op('GlobalAveragePool', [x]), batch, shape[2]!), 0)
  /** Mean of a · b per channel, without the product in memory: a depthwise convolution whose images are
   *  channels and whose kernel is b, as large as its map. */
  const channelMeanOfProduct = (a: string, b: string, [h, w, c]: Shape): string => {
    const maps = batch * c!
    const sums = op('Conv', [g.reshape(a, 1, maps, h!, w!), g.reshape(b, maps, 1, h!, w!)], {
      group: maps,
      kernel_shape: [h!, w!],
      pads: [0, 0, 0, 0],
    })
    return g.multiply(g.sum(g.reshape(sums, batch, c!), 0), g.float(1 / (batch * h! * w!)))
  }
  const inverseRoot = (variance: string): string =>
    g.op('Reciprocal', [g.op('Sqrt', [g.add(variance, g.float(EPSILON))])])
  const positive = (y: string): string =>
    g.op('HardSigmoid', [y], { attributes: { alpha: { float: STEEP }, beta: { float: 0 } } })
  const pooled = (pool: PoolWindow) => ({
    kernel_shape: [pool.size, pool.size],
    strides: [pool.size, pool.size],
  })
  const isExact = (pool: PoolWindow): boolean =>
    pool.output[0]! * pool.size === pool.input[0]! && pool.output[1]! * pool.size === pool.input[1]!
  const spread = (x: string, pool: PoolWindow): string =>
    op('Upsample', [x], { scales: [1, 1, pool.size, pool.size], mode: 'nearest' })

  /** [k, k, in, out] → blocks of out × blocks of in (or all of them, for few) × k × k × in × out. */
  const forwardWeights = (kernel: string, w: ConvWindow): string => {
    const [k, inputs, outputs] = [w.kernel, w.input[2]!, w.output[2]!]
    const ordered = fits(inputs)
      ? g.transpose(g.reshape(kernel, k, k, inputs / block, block, outputs / block, block), 4, 2, 0, 1, 3, 5)
      : g.transpose(g.reshape(kernel, k, k, inputs, outputs / block, block), 3, 2, 0, 1, 4)
    return g.reshape(ordered, outputs, inputs, k, k)
  }
  const backwardWeights = (kernel: string, w: ConvWindow): string => {
    const [k, inputs, outputs] = [w.kernel, w.input[2]!, w.output[2]!]
    const turned = g.transpose(
      g.reshape(reversedTaps(g, kernel, w), k, k, inputs / block, block, outputs / block, block),
      2,
      4,
      0,
      1,
      5,
      3,
    )
    return g.reshape(turned, inputs, outputs, k, k)
  }
  const depthwiseWeights = (kernel: string, w: ConvWindow): string =>
    g.reshape(
      g.transpose(g.reshape(kernel, w.kernel, w.kernel, w.input[2]! / block, block), 2, 0, 1, 3),
      w.input[2]!,
      1,
      w.kernel,
      w.kernel,
    )
  const backwardPads = (w: ConvWindow): readonly number[] => {
    const before = w.kernel - 1 - w.before
    const after = w.input[0]! + w.kernel - 1 - before - w.output[0]!
    return [before, before, after, after]
  }
  const forwardPads = (w: ConvWindow): readonly number[] => [w.before, w.before, w.after, w.after]
  const isBlockedConv = (w: ConvWindow): boolean =>
    fits(w.output[2]!) && (fits(w.input[2]!) || w.input[2]! < block)

  return {
    ...standard,
    inputMap: (pixels, shape) => ({ ...standard.inputMap(pixels, shape), nhwc: pixels.name }),
    conv(x, kernel, w) {
      if (!isBlockedConv(w)) return toBlocks(standard.conv(plain(x), kernel, w), w.output)
      const blocked = (): BlockedValue => (x.blocked ? x : toBlocks(x, w.input))
      const input = fits(w.input[2]!) ? blocked() : plain(x)
      return inBlocks(
        op('Conv', [input.name, forwardWeights(kernel.name, w)], {
          kernel_shape: [w.kernel, w.kernel],
          strides: [w.stride, w.stride],
          pads: forwardPads(w),
          group: 1,
        }),
        w.output,
      )
    },
    convInputGradient(dy, kernel, w) {
      if (w.stride > 1 || !dy.blocked || !fits(w.input[2]!))
        return toBlocks(standard.convInputGradient(plain(dy), kernel, w), w.input)
      const scaled = dy.factor === undefined ? kernel.name : g.multiply(kernel.name, dy.factor)
      return inBlocks(
        op('Conv', [dy.name, backwardWeights(scaled, w)], {
          kernel_shape: [w.kernel, w.kernel],
          pads: backwardPads(w),
          group: 1,
        }),
        w.input,
      )
    },
    convKernelGradient(x, dy, w) {
      const gradient = dy.blocked
        ? blockedKernelGradient(g, {
            x: () => channelsLast(x, w.input),
            dy: dy.name,
            window: w,
            batch,
            block,
          })
        : null
      if (gradient === null) return standard.convKernelGradient(plain(x), plain(dy), w)
      return { name: dy.factor === undefined ? gradient : g.multiply(gradient, dy.factor) }
    },
    depthwise(x, kernel, w) {
      if (!x.blocked) return standard.depthwise(x, kernel, w)
      return inBlocks(
        op('Conv', [x.name, depthwiseWeights(kernel.name, w)], {
          kernel_shape: [w.kernel, w.kernel],
          strides: [w.stride, w.stride],
          pads: forwardPads(w),
          group: w.input[2]!,
        }),
        w.output,
      )
    },
    depthwiseInputGradient(dy, kernel, w) {
      if (w.stride > 1 || !dy.blocked)
        return toBlocks(standard.depthwiseInputGradient(plain(dy), kernel, w), w.input)
      const scaled =
        dy.factor === undefined ? kernel.name : g.multiply(kernel.name, g.reshape(dy.factor, w.input[2]!, 1))
      return inBlocks(
        op('Conv', [dy.name, depthwiseWeights(reversedTaps(g, scaled, w), w)], {
          kernel_shape: [w.kernel, w.kernel],
          pads: backwardPads(w),
          group: w.input[2]!,
        }),
        w.input,
      )
    },
    depthwiseKernelGradient: (x, dy, w) => standard.depthwiseKernelGradient(plain(x), plain(dy), w),

    batchNorm(x, gamma, beta, shape) {
      if (!x.blocked) return standard.batchNorm(x, gamma, beta, shape)
      const mean = channelMean(x.name, shape)
      const variance = g.op('Max', [
        g.subtract(channelMeanOfProduct(x.name, x.name, shape), g.multiply(mean, mean)),
        g.float(0),
      ])
      const inverse = inverseRoot(variance)
      const scale = g.multiply(gamma.name, inverse)
      const shift = g.subtract(beta.name, g.multiply(scale, mean))
      return {
        y: lazyAffine({ x: x.name, scale, shift }, shape),
        mean: { name: mean },
        variance: { name: variance },
        inverse: { name: inverse },
        more: [{ name: scale }],
      }
    },
    batchNormGradient(dy, x, gamma, normalised, shape) {
      if (!x.blocked) return standard.batchNormGradient(rows(dy), x, gamma, normalised, shape)
      const { mean, inverse, more } = normalised
      const d = whole(dy.blocked ? dy : toBlocks(dy, shape))
      const meanOfD = dy.mean ?? channelMean(d, shape)
      const meanOfBoth = channelMeanOfProduct(d, x.name, shape)
      const forGamma = g.multiply(inverse.name, g.subtract(meanOfBoth, g.multiply(mean.name, meanOfD)))
      const p = g.op('Neg', [g.multiply(forGamma, inverse.name)])
      const q = g.op('Neg', [g.add(meanOfD, g.multiply(p, mean.name))])
      const places = g.float(batch * sizeOf(shape.slice(0, -1)))
      return {
        x: inBlocks(affine({ x: x.name, scale: p, shift: q, sum: d }, shape[2]!), shape, {
          factor: more![0]!.name,
        }),
        gamma: { name: g.multiply(forGamma, places) },
        beta: { name: g.multiply(meanOfD, places) },
      }
    },
    normalise(x, statistics, shape) {
      if (!x.blocked) return standard.normalise(x, statistics, shape)
      const scale = g.multiply(statistics.gamma.name, inverseRoot(statistics.variance.name))
      return lazyAffine(
        {
          x: x.name,
          scale,
          shift: g.subtract(statistics.beta.name, g.multiply(scale, statistics.mean.name)),
        },
        shape,
      )
    },
    normaliseGradient(dy, statistics, shape) {
      if (!dy.blocked) return standard.normaliseGradient(dy, statistics, shape)
      return inBlocks(whole(dy), shape, {
        factor: g.multiply(statistics.gamma.name, inverseRoot(statistics.variance.name)),
      })
    },

    relu(x, most) {
      if (!x.blocked || most !== undefined)
        return { ...standard.relu({ name: x.name }, most), ...(x.blocked ? { blocked: x.blocked } : {}) }
      const name = x.affine ? affine(x.affine, x.blocked[2]!, { activation: 'Relu' }) : g.op('Relu', [x.name])
      return inBlocks(name, x.blocked, { isRectified: true })
    },
    reluGradient(dy, y, most) {
      if (!y.blocked) return standard.reluGradient(rows(dy), y, most)
      const d = dy.blocked ? dy : toBlocks(dy, y.blocked)
      if (d.maskedBy === y.name)
        return { ...inBlocks(d.name, y.blocked), ...(d.mean === undefined ? {} : { mean: d.mean }) }
      return inBlocks(standard.reluGradient({ name: whole(d) }, { name: y.name }, most).name, y.blocked)
    },

    hardSigmoid: (x) => ({ ...standard.hardSigmoid({ name: x.name }), ...laid(x) }),
    hardSigmoidGradient: (dy, y) => elementwise(dy, y, standard.hardSigmoidGradient),
    hardSwish: (x) => ({ ...standard.hardSwish({ name: x.name }), ...laid(x) }),
    hardSwishGradient: (dy, x) => elementwise(dy, x, standard.hardSwishGradient),
    scaleChannels(x, factors, shape) {
      if (!x.blocked) return standard.scaleChannels(x, factors, shape)
      return inBlocks(scaledBlocks(x.name, factors.name, shape), shape)
    },
    scaleChannelsGradient(dy, x, factors, shape) {
      if (!x.blocked) return standard.scaleChannelsGradient(plain(dy), x, factors, shape)
      const d = whole(dy.blocked ? dy : toBlocks(dy, shape))
      const [h, w, c] = shape as [number, number, number]
      const products = g.reshape(g.multiply(d, x.name), batch, c / block, h * w, block)
      return {
        x: inBlocks(scaledBlocks(d, factors.name, shape), shape),
        factors: { name: g.reshape(g.sum(products, 2), batch, c) },
      }
    },
    resize: (x, along, window) => toBlocks(standard.resize(plain(x), along, window), window.output),
    resizeGradient: (dy, along, window) =>
      toBlocks(standard.resizeGradient(plain(dy), along, window), window.input),

    maxPool(x, pool) {
      if (!x.blocked) return standard.maxPool(x, pool)
      return inBlocks(op('MaxPool', [x.name], pooled(pool)), pool.output, {
        isRectified: x.isRectified ?? false,
      })
    },
    maxPoolGradient(dy, x, y, pool) {
      if (!x.blocked || !y.blocked || !isExact(pool))
        return toBlocks(standard.maxPoolGradient(plain(dy), plain(x), plain(y), pool), pool.input)
      const channels = pool.input[2]!
      const d = whole(dy.blocked ? dy : toBlocks(dy, pool.output))
      // x · 2^100 − y · 2^100 + 1, clipped to 0…1: one operator
      const isLargest = affine(
        {
          x: x.name,
          scale: filled(STEEP, channels),
          shift: filled(1, channels),
          sum: spread(g.multiply(y.name, g.float(-STEEP)), pool),
        },
        channels,
        { activation: 'Clip', activation_params: { floats: [0, 1] } },
      )
      const ties = g.multiply(op('AveragePool', [isLargest], pooled(pool)), g.float(pool.size ** 2))
      const arrived = x.isRectified ? g.multiply(d, positive(y.name)) : d
      const name = g.multiply(spread(g.op('Div', [arrived, ties]), pool), isLargest)
      // the windows' places share the incoming gradient
      const mean = g.multiply(channelMean(arrived, pool.output), g.float(1 / pool.size ** 2))
      return { ...inBlocks(name, pool.input, x.isRectified ? { maskedBy: x.name } : {}), mean }
    },
    avgPool(x, pool) {
      if (!x.blocked) return standard.avgPool(x, pool)
      return inBlocks(op('AveragePool', [x.name], pooled(pool)), pool.output, {
        isRectified: x.isRectified ?? false,
      })
    },
    avgPoolGradient(dy, pool) {
      if (!dy.blocked || !isExact(pool))
        return toBlocks(standard.avgPoolGradient(plain(dy), pool), pool.input)
      return inBlocks(spread(g.multiply(whole(dy), g.float(1 / pool.size ** 2)), pool), pool.input)
    },
    globalAvgPool(x, shape) {
      if (!x.blocked) return standard.globalAvgPool(x, shape)
      return { name: g.reshape(op('GlobalAveragePool', [x.name]), batch, shape[2]!) }
    },
    globalAvgPoolGradient: (dy, shape) => toBlocks(standard.globalAvgPoolGradient(dy, shape), shape),

    flatten(x, shape) {
      if (!x.blocked) return standard.flatten(x, shape)
      return {
        name: g.reshape(
          op('ReorderOutput', [x.name], { channels: shape[2]!, channels_last: 1 }),
          batch,
          sizeOf(shape),
        ),
      }
    },
    unflatten: (d, shape) => toBlocks(standard.unflatten(d, shape), shape),
    dropout(x, noise, rate, shape) {
      if (!x.blocked) return standard.dropout(x, noise, rate, shape)
      const one = g.floats(Float32Array.of(1), [1])
      const mask = toBlocks(standard.dropout({ name: one }, noise, rate, shape), shape)
      return inBlocks(g.multiply(whole(x), mask.name), shape)
    },

    add(a, b) {
      const [left, right] = inSameLayout(a, b)
      if (!left.blocked) return standard.add(left, right)
      if (left.affine && !left.affine.sum)
        return lazyAffine({ ...left.affine, sum: whole(right) }, left.blocked)
      return inBlocks(g.add(whole(left), whole(right)), left.blocked)
    },
  }
}

function reversedTaps(g: Graph, kernel: string, w: ConvWindow): string {
  const past = -w.kernel - 1
  return w.kernel === 1
    ? kernel
    : g.op('Slice', [kernel, g.ints(-1, -1), g.ints(past, past), g.ints(0, 1), g.ints(-1, -1)])
}
