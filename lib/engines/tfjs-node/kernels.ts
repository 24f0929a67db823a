/** The kernels, each computed at once by a TensorFlow operation; maps as NHWC. Weights, statistics and loss
 *  are float32, maps and rows float32 or bfloat16. */
import { EPSILON, type Kernels, type PoolWindow, type ConvWindow } from '#lib/ml/network/kernels.ts'
import { sizeOf, type Shape } from '#lib/ml/network/network.ts'
import { TYPE, type Setting, type Tensor, type TensorFlow } from './binding.ts'

type Settings = Readonly<Record<string, Setting>>

export function createTensorFlowKernels(
  tf: TensorFlow,
  { precision }: { readonly precision: 'float32' | 'bfloat16' },
): Kernels<Tensor> {
  const mapType = TYPE[precision]
  const T = (x: Tensor): Settings => ({ T: { type: x.dtype } })
  const cast = (x: Tensor, to: number): Tensor =>
    x.dtype === to
      ? x
      : tf.op('Cast', [x], { SrcT: { type: x.dtype }, DstT: { type: to }, Truncate: { flag: false } })
  const down = (x: Tensor): Tensor => cast(x, mapType)
  const up = (x: Tensor): Tensor => cast(x, TYPE.float32)
  const reshape = (x: Tensor, shape: readonly number[]): Tensor =>
    tf.op('Reshape', [x, tf.ints(...shape)], { ...T(x), Tshape: { type: TYPE.int32 } })
  const asMaps = (x: Tensor): Tensor =>
    x.shape.length === 2 ? reshape(x, [x.shape[0]!, 1, 1, x.shape[1]!]) : x
  const pair =
    (op: string) =>
    (a: Tensor, b: Tensor): Tensor =>
      tf.op(op, [a, b], T(a))
  const multiply = pair('Mul')
  /** Of two types, the result is float32: outputs in bfloat16 meet targets in float32 in a loss. */
  const ofEither =
    (op: string) =>
    (a: Tensor, b: Tensor): Tensor =>
      a.dtype === b.dtype ? pair(op)(a, b) : pair(op)(up(a), up(b))
  const like = (x: Tensor, value: number): Tensor => cast(tf.floats(Float32Array.of(value), []), x.dtype)
  const reduced = (op: 'Sum' | 'Mean', x: Tensor, ...axes: readonly number[]): Tensor =>
    tf.op(op, [x, tf.ints(...axes)], { ...T(x), Tidx: { type: TYPE.int32 }, keep_dims: { flag: false } })

  const NHWC = { data_format: 'NHWC' } as const
  const paddingOf = (w: ConvWindow): Settings => {
    if (w.before === 0 && w.after === 0) return { padding: 'VALID' }
    const zeros = Math.max(0, (w.output[0]! - 1) * w.stride + w.kernel - w.input[0]!)
    if (w.before === zeros >> 1) return { padding: 'SAME' }
    return { padding: 'EXPLICIT', explicit_paddings: [0, 0, w.before, w.after, w.before, w.after, 0, 0] }
  }
  const windowed = (x: Tensor, w: ConvWindow): Settings => ({
    ...T(x),
    strides: [1, w.stride, w.stride, 1],
    ...paddingOf(w),
    ...NHWC,
    dilations: [1, 1, 1, 1],
  })
  const conv = (x: Tensor, w: ConvWindow): Settings => ({
    ...windowed(x, w),
    use_cudnn_on_gpu: { flag: true },
  })
  const pooled = (x: Tensor, pool: PoolWindow): Settings => ({
    ...T(x),
    ksize: [1, pool.size, pool.size, 1],
    strides: [1, pool.size, pool.size, 1],
    padding: 'VALID',
    ...NHWC,
  })
  const biased = (y: Tensor, bias: Tensor | undefined): Tensor =>
    bias ? tf.op('BiasAdd', [y, down(bias)], { ...T(y), ...NHWC }) : y
  const inputSizes = (dy: Tensor, shape: Shape): Tensor => tf.ints(dy.shape[0]!, ...shape)
  const normSettings = (x: Tensor, isTraining: boolean): Settings => ({
    ...T(x),
    U: { type: TYPE.float32 },
    epsilon: { float: EPSILON },
    ...NHWC,
    is_training: { flag: isTraining },
  })
  const between = (y: Tensor, most: number): Tensor => {
    const inside = tf.op('LogicalAnd', [
      tf.op('Greater', [y, like(y, 0)], T(y)),
      tf.op('Less', [y, like(y, most)], T(y)),
    ])
    return cast(inside, y.dtype)
  }
  /** x/6 + ½ clipped: relu6 of x + 3, over 6. */
  const hardSigmoid = (x: Tensor): Tensor =>
    multiply(tf.op('Relu6', [pair('AddV2')(x, like(x, 3))], T(x)), like(x, 1 / 6))
  /** A batched product over the first axis; a single matrix is broadcast. */
  const products = (a: Tensor, b: Tensor, transposed?: 'first'): Tensor =>
    tf.op('BatchMatMulV2', [a, b], {
      ...T(b),
      adj_x: { flag: transposed === 'first' },
      adj_y: { flag: false },
    })
  const inverseRoot = (variance: Tensor): Tensor =>
    tf.op('Rsqrt', [tf.op('AddV2', [variance, like(variance, EPSILON)], T(variance))], T(variance))
  const matmul = (a: Tensor, b: Tensor, which?: 'first' | 'second'): Tensor =>
    tf.op('MatMul', [a, b], {
      ...T(a),
      transpose_a: { flag: which === 'first' },
      transpose_b: { flag: which === 'second' },
    })

  return {
    constant: (values, shape) => tf.floats(values, shape),
    inputMap: (pixels) => down(pixels),

    conv: (x, kernel, w, bias) => biased(tf.op('Conv2D', [x, down(kernel)], conv(x, w)), bias),
    convInputGradient: (dy, kernel, w) =>
      tf.op('Conv2DBackpropInput', [inputSizes(dy, w.input), down(kernel), dy], conv(dy, w)),
    convKernelGradient: (x, dy, w) =>
      up(
        tf.op(
          'Conv2DBackpropFilter',
          [x, tf.ints(w.kernel, w.kernel, w.input[2]!, w.output[2]!), dy],
          conv(x, w),
        ),
      ),
    depthwise: (x, kernel, w, bias) =>
      biased(tf.op('DepthwiseConv2dNative', [x, down(kernel)], windowed(x, w)), bias),
    depthwiseInputGradient: (dy, kernel, w) =>
      tf.op(
        'DepthwiseConv2dNativeBackpropInput',
        [inputSizes(dy, w.input), down(kernel), dy],
        windowed(dy, w),
      ),
    depthwiseKernelGradient: (x, dy, w) =>
      up(
        tf.op(
          'DepthwiseConv2dNativeBackpropFilter',
          [x, tf.ints(w.kernel, w.kernel, w.input[2]!, 1), dy],
          windowed(x, w),
        ),
      ),

    batchNorm(x, gamma, beta) {
      const maps = asMaps(x)
      const none = tf.floats(new Float32Array(0), [0])
      const [y, mean, unbiased, ...reserved] = tf.several(
        'FusedBatchNormV3',
        [maps, gamma, beta, none, none],
        { ...normSettings(x, true), exponential_avg_factor: { float: 1 } },
        6,
      )
      const places = sizeOf(maps.shape.slice(0, 3))
      // TensorFlow returns the variance over N − 1
      const variance = multiply(unbiased!, like(unbiased!, Math.max(1, places - 1) / places))
      return {
        y: maps === x ? y! : reshape(y!, x.shape),
        mean: mean!,
        variance,
        inverse: reserved[0]!,
        more: reserved,
      }
    },
    batchNormGradient(dy, x, gamma, { more }) {
      const maps = asMaps(x)
      const [dx, forGamma, forBeta] = tf.several(
        'FusedBatchNormGradV3',
        [asMaps(dy), maps, gamma, ...more!],
        normSettings(x, true),
        5,
      )
      return { x: maps === x ? dx! : reshape(dx!, x.shape), gamma: forGamma!, beta: forBeta! }
    },
    normalise(x, { gamma, beta, mean, variance }) {
      const maps = asMaps(x)
      const y = tf.several(
        'FusedBatchNormV3',
        [maps, gamma, beta, mean, variance],
        { ...normSettings(x, false), exponential_avg_factor: { float: 1 } },
        6,
      )[0]!
      return maps === x ? y : reshape(y, x.shape)
    },
    normaliseGradient: (dy, { gamma, variance }) =>
      multiply(dy, down(multiply(gamma, inverseRoot(variance)))),

    relu(x, most) {
      const y = tf.op('Relu', [x], T(x))
      return most === undefined ? y : tf.op('Minimum', [y, like(y, most)], T(y))
    },
    reluGradient: (dy, y, most) =>
      most === undefined ? tf.op('ReluGrad', [dy, y], T(dy)) : multiply(dy, between(y, most)),

    hardSigmoid,
    hardSigmoidGradient: (dy, y) => multiply(multiply(dy, between(y, 1)), like(dy, 1 / 6)),
    hardSwish: (x) => multiply(x, hardSigmoid(x)),
    hardSwishGradient(dy, x) {
      const y = hardSigmoid(x)
      const bent = multiply(multiply(x, like(x, 1 / 6)), between(y, 1))
      return multiply(dy, pair('AddV2')(y, bent))
    },

    maxPool: (x, pool) => tf.op('MaxPool', [x], pooled(x, pool)),
    maxPoolGradient: (dy, x, y, pool) => tf.op('MaxPoolGrad', [x, y, dy], pooled(x, pool)),
    avgPool: (x, pool) => tf.op('AvgPool', [x], pooled(x, pool)),
    avgPoolGradient: (dy, pool) => tf.op('AvgPoolGrad', [inputSizes(dy, pool.input), dy], pooled(dy, pool)),
    globalAvgPool: (x) => reduced('Mean', x, 1, 2),
    globalAvgPoolGradient(dy, [h, w, c]) {
      const share = reshape(multiply(dy, like(dy, 1 / (h! * w!))), [dy.shape[0]!, 1, 1, c!])
      return tf.op('BroadcastTo', [share, tf.ints(dy.shape[0]!, h!, w!, c!)], {
        ...T(dy),
        Tidx: { type: TYPE.int32 },
      })
    },

    scaleChannels: (x, factors, [, , c]) => multiply(x, reshape(factors, [-1, 1, 1, c!])),
    scaleChannelsGradient: (dy, x, factors, [, , c]) => ({
      x: multiply(dy, reshape(factors, [-1, 1, 1, c!])),
      factors: reduced('Sum', multiply(dy, x), 1, 2),
    }),
    resize(x, { rows, columns }, { input: [h, w, c], output: [oh, ow] }) {
      const across = products(down(tf.floats(columns, [1, ow!, w!])), reshape(x, [-1, w!, c!]))
      return reshape(products(down(tf.floats(rows, [1, oh!, h!])), reshape(across, [-1, h!, ow! * c!])), [
        -1,
        oh!,
        ow!,
        c!,
      ])
    },
    resizeGradient(dy, { rows, columns }, { input: [h, w, c], output: [oh, ow] }) {
      const along = (matrix: Tensor, x: Tensor): Tensor => products(down(matrix), x, 'first')
      const back = along(tf.floats(rows, [1, oh!, h!]), reshape(dy, [-1, oh!, ow! * c!]))
      return reshape(along(tf.floats(columns, [1, ow!, w!]), reshape(back, [-1, ow!, c!])), [-1, h!, w!, c!])
    },
    concat: (a, b) => tf.op('ConcatV2', [a, b, tf.int(1)], { N: 2, ...T(a), Tidx: { type: TYPE.int32 } }),
    concatGradient(dy, lengths) {
      const [a, b] = tf.several(
        'SplitV',
        [dy, tf.ints(...lengths), tf.int(1)],
        { num_split: 2, ...T(dy), Tlen: { type: TYPE.int32 } },
        2,
      )
      return [a!, b!]
    },

    flatten: (x, shape) => reshape(x, [-1, sizeOf(shape)]),
    unflatten: (d, shape) => reshape(d, [-1, ...shape]),
    matmul(a, b, which) {
      const product = matmul(down(a), down(b), which)
      return which === 'first' ? up(product) : product
    },
    addBias: biased,
    biasGradient: (dy) => up(tf.op('BiasAddGrad', [dy], { ...T(dy), ...NHWC })),

    dropout(x, noise, rate) {
      const threshold = Math.round(rate * 256)
      const stays = tf.op('GreaterEqual', [noise, like(noise, threshold)], T(noise))
      const mask = multiply(cast(stays, TYPE.float32), like(noise, 1 / (1 - threshold / 256)))
      return multiply(x, cast(reshape(mask, x.shape), x.dtype))
    },
    crossEntropy(logits, targets) {
      const full = up(logits)
      const [losses, gradient] = tf.several('SoftmaxCrossEntropyWithLogits', [full, targets], T(full), 2)
      const top = (x: Tensor): Tensor =>
        tf.op('ArgMax', [x, tf.int(1)], {
          ...T(x),
          Tidx: { type: TYPE.int32 },
          output_type: { type: TYPE.int32 },
        })
      const one = (x: Tensor): Tensor => reshape(x, [1])
      const agree = tf.op('Equal', [reshape(top(full), [-1]), reshape(top(targets), [-1])], {
        T: { type: TYPE.int32 },
      })
      return {
        loss: one(reduced('Mean', losses!, 0)),
        right: one(reduced('Sum', cast(agree, TYPE.float32), 0)),
        gradient: down(multiply(gradient!, like(gradient!, 1 / logits.shape[0]!))),
      }
    },

    add: ofEither('AddV2'),
    subtract: ofEither('Sub'),
    multiply: ofEither('Mul'),
    divide: ofEither('RealDiv'),
    squareRoot: (a) => tf.op('Sqrt', [a], T(a)),
    total: (a) => reshape(reduced('Sum', a, ...a.shape.map((_, axis) => axis)), [1]),
    atMost: (a, most) => tf.op('Minimum', [a, like(a, most)], T(a)),
    scale: (a, factor) => multiply(a, like(a, factor)),
    release: (values) => tf.free(values),
  }
}
