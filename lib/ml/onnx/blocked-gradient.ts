/** The kernel gradient of a 3 × 3 convolution in the blocked layout, as convolutions whose kernel is dy itself. It answers null where
 *  the sizes don't fit; which form is fastest at which size was measured in 2026-11 on AVX-512 (16 to a block). */
import type { ConvWindow } from '../kernels.ts'
import { BLOCKED, type Graph } from './graph.ts'

type Given = { readonly x: string; readonly dy: string; readonly window: ConvWindow; readonly batch: number; readonly block: number }

/** → [3, 3, in, out] */
export function blockedKernelGradient(g: Graph, given: Given): string | null {
  const { window: w, batch, block } = given
  const [h, wide] = w.input as [number, number]
  if (w.kernel !== 3 || w.stride !== 1 || w.before !== 1 || h !== wide || w.input[2]! % block !== 0 || w.output[2]! % block !== 0) return null
  if (h % block === 0) return perImage(g, given)
  return batch % block === 0 ? acrossImages(g, given) : null
}

/** Group = image, channels = a block of columns, places = (row, input channel): three convolutions, one for each shift sideways. */
function perImage(g: Graph, { x, dy, window: w, batch, block }: Given): string {
  const [h, inputs, outputs] = [w.input[0]!, w.input[2]!, w.output[2]!]
  const blocksOfColumns = h / block
  const byRow = g.transpose(g.reshape(x, batch, inputs / block, h, h * block), 0, 2, 1, 3)
  const rows = g.reshape(g.op('ReorderOutput', [g.reshape(byRow, batch * h * inputs / block, block, 1, h)], { domain: BLOCKED, attributes: { channels: block } }), batch, h, inputs, h)
  const kernel = g.reshape(dy, batch * outputs, block, h, blocksOfColumns)
  const sideways = [g.pad(rows, [0, 0, 0, 1, 0, 0, 0, -1]), rows, g.pad(rows, [0, 0, 0, -1, 0, 0, 0, 1])]
  const made = sideways.map((shifted) => {
    const taps = g.op('Conv', [g.reshape(shifted, 1, batch * block, h, inputs * blocksOfColumns), kernel], { domain: BLOCKED, attributes: { kernel_shape: [h, blocksOfColumns], strides: [1, blocksOfColumns], pads: [1, 0, 1, 0], group: batch } })
    return g.reshape(g.sum(g.reshape(taps, batch, outputs * 3 * inputs), 0), 1, outputs / block, 3, inputs, block)
  })
  return g.reshape(g.transpose(g.concat(made, 0), 2, 0, 3, 1, 4), 3, 3, inputs, outputs)
}

/** Channels = a block of images, places = (row, column × input channel), a dilated kernel: all nine taps in one convolution. */
function acrossImages(g: Graph, { x, dy, window: w, batch, block }: Given): string {
  const [h, inputs, outputs] = [w.input[0]!, w.input[2]!, w.output[2]!]
  const groups = batch / block
  const nhwc = g.op('ReorderOutput', [x], { domain: BLOCKED, attributes: { channels: inputs, channels_last: 1 } })
  const padded = g.reshape(g.pad(nhwc, [0, 0, 1, 0, 0, 0, 1, 0]), groups, block, 1, h * (h + 2) * inputs)
  const images = g.reshape(g.op('ReorderInput', [padded], { domain: BLOCKED }), 1, batch, h, (h + 2) * inputs)
  const kernel = g.reshape(g.transpose(g.reshape(dy, groups, block, outputs / block, h * h, block), 0, 2, 3, 1, 4), groups * outputs, block, h, h)
  const taps = g.op('Conv', [images, kernel], { domain: BLOCKED, attributes: { kernel_shape: [h, h], dilations: [1, inputs], pads: [1, 0, 1, 0], group: groups } })
  const summed = g.sum(g.reshape(taps, groups, outputs / block, 3, 3, inputs, block), 0)
  return g.reshape(g.transpose(summed, 1, 2, 3, 0, 4), 3, 3, inputs, outputs)
}
