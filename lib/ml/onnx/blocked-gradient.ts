/** The kernel gradient of a convolution in the blocked layout: a convolution whose kernel is dy itself. It
 *  returns null when the sizes don't fit; which form is fastest at which size was measured in 2026-11 on
 *  AVX-512 (16 to a block). */
import type { ConvWindow } from '../network/kernels.ts'
import { BLOCKED, type Graph } from './graph.ts'

/** `x`: the input with channels innermost, created on demand; `dy` in blocks. */
type GradientInput = {
  readonly x: () => string
  readonly dy: string
  readonly window: ConvWindow
  readonly batch: number
  readonly block: number
}

/** Up to this many places in dy, one image is too small a kernel: 8.3 against 6.6 ms at 8 × 8, but 6.7 against
 *  8.4 at 16 × 16. */
const FEW_PLACES = 64

/** → [k, k, in, out] */
export function blockedKernelGradient(g: Graph, input: GradientInput): string | null {
  const { window: w, batch, block } = input
  const [height, width] = w.output as [number, number]
  if (w.output[2]! % block !== 0) return null
  const isAcross = height * width <= FEW_PLACES && w.input[2]! % block === 0 && batch % block === 0
  const { taps, groups } = isAcross ? acrossImages(g, input) : perImage(g, input)
  const [inputs, outputs] = [w.input[2]!, w.output[2]!]
  // ones · taps: as a product the sum over groups takes a fifth to two thirds of the time of ReduceSum
  const summed = g.op('MatMul', [
    g.floats(new Float32Array(groups).fill(1), [1, groups]),
    g.reshape(taps, groups, outputs * w.kernel * w.kernel * inputs),
  ])
  return g.reshape(
    g.transpose(g.reshape(summed, outputs / block, w.kernel, w.kernel, inputs, block), 1, 2, 3, 0, 4),
    w.kernel,
    w.kernel,
    inputs,
    outputs,
  )
}

type Taps = { readonly taps: string; readonly groups: number }

/** Group = image, one channel, places = (row, column × input channel): dy, without reordering, is a kernel
 *  dilated so that it meets each input channel in turn. */
function perImage(g: Graph, { x, dy, window: w, batch }: GradientInput): Taps {
  const reached = withinReach(g, x(), w, batch)
  const kernel = g.reshape(dy, batch * w.output[2]!, 1, w.output[0]!, w.output[1]!)
  return {
    groups: batch,
    taps: convolution(g, g.reshape(reached.x, 1, batch, reached.rows, reached.columns), kernel, {
      window: w,
      groups: batch,
      pads: reached.pads,
    }),
  }
}

/** Group = a block of images, which are its channels, so that their taps are summed as they are computed; images
 *  and dy must be reordered for it. */
function acrossImages(g: Graph, { x, dy, window: w, batch, block }: GradientInput): Taps {
  const [height, width, outputs] = w.output as [number, number, number]
  const groups = batch / block
  const reached = withinReach(g, x(), w, batch)
  const images = g.op(
    'ReorderInput',
    [g.reshape(reached.x, groups, block, 1, reached.rows * reached.columns)],
    {
      domain: BLOCKED,
    },
  )
  const kernel = g.reshape(
    g.transpose(g.reshape(dy, groups, block, outputs / block, height * width, block), 0, 2, 3, 1, 4),
    groups * outputs,
    block,
    height,
    width,
  )
  return {
    groups,
    taps: convolution(g, g.reshape(images, 1, batch, reached.rows, reached.columns), kernel, {
      window: w,
      groups,
      pads: reached.pads,
    }),
  }
}

function convolution(
  g: Graph,
  images: string,
  kernel: string,
  {
    window: w,
    groups,
    pads,
  }: { readonly window: ConvWindow; readonly groups: number; readonly pads: readonly number[] },
): string {
  const [height, width] = w.output as [number, number]
  return g.op('Conv', [images, kernel], {
    domain: BLOCKED,
    attributes: {
      kernel_shape: [height, width],
      dilations: [w.stride, w.stride * w.input[2]!],
      pads,
      group: groups,
    },
  })
}

/** The part of x that windows reach, as rows of columns × channels, with zeros left and right; zeros above
 *  and below are left to the convolution, where they are free. */
function withinReach(
  g: Graph,
  x: string,
  w: ConvWindow,
  batch: number,
): { readonly x: string; readonly rows: number; readonly columns: number; readonly pads: readonly number[] } {
  const [height, width, inputs] = w.input as [number, number, number]
  const [below, right] = [0, 1].map(
    (axis) => (w.output[axis]! - 1) * w.stride + w.kernel - w.before - w.input[axis]!,
  ) as [number, number]
  const rows = g.reshape(x, batch, height, width * inputs)
  const isWhole = w.before === 0 && right === 0 && below >= 0
  return {
    x: isWhole ? rows : g.pad(rows, [0, 0, w.before * inputs, 0, Math.min(0, below), right * inputs]),
    rows: height + Math.min(0, below),
    columns: (w.before + width + right) * inputs,
    pads: [w.before, 0, Math.max(0, below), 0],
  }
}
