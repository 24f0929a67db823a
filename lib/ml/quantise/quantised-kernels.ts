/** The forward kernels as a graph with 8-bit numbers: around each operator stand QuantizeLinear and DequantizeLinear
 *  (QDQ), which ONNX Runtime fuses with it into one 8-bit operator. What has no range stays float32. It cannot
 *  train. */
import type { Graph } from '../onnx/graph.ts'
import { createStandardKernels, type Value } from '../onnx/standard-kernels.ts'
import type { Kernels } from '../network/kernels.ts'
import { sizeOf, type Shape } from '../network/network.ts'
import { affineOf, quantisedBias, quantisedKernel, type Affine, type Range } from './scales.ts'

export type QuantisedOutput = Value & {
  /** Of 8-bit numbers; absent: it is float32. */
  readonly affine?: Affine
  /** The limits of the 8-bit numbers do what the next activation does. */
  readonly isLimited?: boolean
  /** A constant that is not yet written. */
  readonly constant?: { readonly values: Float32Array; readonly shape: Shape }
  /** A kernel that becomes int8. */
  readonly isInt8?: boolean
  /** Rows before their product with an int8 kernel, which is written with its bias. */
  readonly product?: { readonly rows: QuantisedOutput; readonly kernel: QuantisedOutput }
}

export type OutputRange = { readonly range: Range; /** See `isLimited`. */ readonly isLimited: boolean }

const SHARE: Range = [0, 1] // of the factors of squeeze-and-excitation

export type QuantisedKernels = Kernels<QuantisedOutput> & {
  readonly int8Kernel: (values: Float32Array, shape: Shape) => QuantisedOutput
}

/** @param ranges by layer */
export function createQuantisedKernels(g: Graph, ranges: ReadonlyMap<string, OutputRange>): QuantisedKernels {
  const standard = createStandardKernels(g, { batch: null, isWasm: false })
  const scaleOf = (scale: number): string => g.float(scale)
  const zero = (zeroPoint: number): string => g.initialiser('uint8', [], Uint8Array.of(zeroPoint))

  function asBytes(x: string, affine: Affine): QuantisedOutput {
    const parameters = [scaleOf(affine.scale), zero(affine.zeroPoint)]
    const bytes = g.op('QuantizeLinear', [x, ...parameters])
    return { name: g.op('DequantizeLinear', [bytes, ...parameters]), affine }
  }
  /** The value as float32, written now if it is a constant. */
  const written = (v: QuantisedOutput): Value =>
    v.constant ? standard.constant(v.constant.values, v.constant.shape) : v
  const constantOf = ({ constant }: QuantisedOutput) => {
    if (!constant) throw new Error('a kernel or bias of the 8-bit graph is not a constant')
    return constant
  }

  function kernelAndBias(
    x: QuantisedOutput,
    kernel: { readonly values: Float32Array; readonly shape: Shape; readonly axis: 0 | 1 },
    bias: QuantisedOutput | undefined,
  ): readonly string[] {
    const channels = kernel.shape[kernel.axis]!
    const inner = sizeOf(kernel.shape.slice(kernel.axis + 1))
    const int8 = quantisedKernel(kernel.values, channels, inner)
    const axis = { attributes: { axis: kernel.axis } }
    const dequantised = g.op(
      'DequantizeLinear',
      [
        g.initialiser('int8', kernel.shape, int8.values),
        g.floats(int8.scales, [channels]),
        g.initialiser('int8', [channels], new Int8Array(channels)),
      ],
      axis,
    )
    if (!bias) return [dequantised]
    const inputScale = x.affine!.scale
    return [
      dequantised,
      g.op(
        'DequantizeLinear',
        [
          g.initialiser('int32', [channels], quantisedBias(constantOf(bias).values, inputScale, int8.scales)),
          g.floats(
            int8.scales.map((scale) => scale * inputScale),
            [channels],
          ),
          g.initialiser('int32', [channels], new Int32Array(channels)),
        ],
        { attributes: { axis: 0 } },
      ),
    ]
  }

  const product = (
    { rows, kernel }: NonNullable<QuantisedOutput['product']>,
    bias?: QuantisedOutput,
  ): string => g.op('Gemm', [rows.name, ...kernelAndBias(rows, { ...constantOf(kernel), axis: 1 }, bias)])
  const isInt8 = (x: QuantisedOutput, kernel: QuantisedOutput): boolean =>
    kernel.isInt8 === true && x.affine !== undefined

  return {
    ...standard,
    constant: (values, shape) => ({ name: '', constant: { values, shape } }),
    int8Kernel: (values, shape) => ({ name: '', constant: { values, shape }, isInt8: true }),
    named(layer, y) {
      const x = y.product ? { name: product(y.product) } : y
      const output = ranges.get(layer)
      return output ? { ...asBytes(x.name, affineOf(output.range)), isLimited: output.isLimited } : x
    },

    conv(x, kernel, w, bias) {
      if (!isInt8(x, kernel)) return standard.conv(x, written(kernel), w, bias && written(bias))
      const { values, shape } = constantOf(kernel)
      const [k, , inputs, outputs] = shape as [number, number, number, number]
      const turned = new Float32Array(values.length)
      const places = k * k
      let i = 0
      for (let place = 0; place < places; place++)
        for (let input = 0; input < inputs; input++)
          for (let output = 0; output < outputs; output++)
            turned[(output * inputs + input) * places + place] = values[i++]!
      const constants = kernelAndBias(x, { values: turned, shape: [outputs, inputs, k, k], axis: 0 }, bias)
      return {
        name: g.op('Conv', [x.name, ...constants], {
          attributes: {
            kernel_shape: [w.kernel, w.kernel],
            strides: [w.stride, w.stride],
            pads: [w.before, w.before, w.after, w.after],
            group: 1,
          },
        }),
      }
    },
    depthwise(x, kernel, w, bias) {
      if (!isInt8(x, kernel)) return standard.depthwise(x, written(kernel), w, bias && written(bias))
      const { values, shape } = constantOf(kernel)
      const [k, , channels] = shape as [number, number, number]
      const turned = values.map((_, i) => values[(i % (k * k)) * channels + Math.floor(i / (k * k))]!)
      const constants = kernelAndBias(x, { values: turned, shape: [channels, 1, k, k], axis: 0 }, bias)
      return {
        name: g.op('Conv', [x.name, ...constants], {
          attributes: {
            kernel_shape: [w.kernel, w.kernel],
            strides: [w.stride, w.stride],
            pads: [w.before, w.before, w.after, w.after],
            group: channels,
          },
        }),
      }
    },
    matmul(a, b, which) {
      if (!isInt8(a, b)) return standard.matmul(a, written(b), which)
      return { name: '', product: { rows: a, kernel: b } }
    },
    addBias(x, bias) {
      if (!x.product) return standard.addBias(x, written(bias))
      return { name: product(x.product, bias) }
    },
    normalise(x, statistics, shape) {
      const { gamma, beta, mean, variance } = statistics
      return standard.normalise(
        x,
        { gamma: written(gamma), beta: written(beta), mean: written(mean), variance: written(variance) },
        shape,
      )
    },
    relu: (x, most) => (x.isLimited ? x : standard.relu(x, most)),
    maxPool: (x, pool) => withScaleOf(x, standard.maxPool(x, pool)),
    flatten: (x, shape) => withScaleOf(x, standard.flatten(x, shape)),
    scaleChannels: (x, factors, shape) =>
      standard.scaleChannels(x, x.affine ? asBytes(factors.name, affineOf(SHARE)) : factors, shape),
  }

  /** A value with the scale of the one that it was made of. */
  function withScaleOf(x: QuantisedOutput, y: Value): QuantisedOutput {
    return x.affine ? { ...asBytes(y.name, x.affine), isLimited: x.isLimited ?? false } : y
  }
}
