/** A map at another size inside a network, so that one image can serve networks that take different sizes. It
 *  is a linear map along each side, hence two products with constant matrices; lib/ml/preprocess/resize.ts makes
 *  the square that a network takes. */
import type { ResizeMatrices } from '../network/kernels.ts'
import type { Rule } from './layer.ts'

export const resize: Rule<'resize'> = ({ part }, { k, x, from, to }) => {
  const along: ResizeMatrices = {
    rows: resizeMatrix(from[0]!, to[0]!, part),
    columns: resizeMatrix(from[1]!, to[1]!, part),
  }
  const window = { input: from, output: to }
  return {
    y: k.resize(x, along, window),
    back: (dy, wantsX) => ({ gradients: {}, x: wantsX ? k.resizeGradient(dy, along, window) : null }),
  }
}

/** [to, from]: each output place weighs the input places by a triangle that is as wide as the reduction
 *  (antialiased linear interpolation, as PIL's BILINEAR); each row sums to 1.
 *  @param part of the side, in the middle, that fills the whole output; near its ends, places beyond it count too */
export function resizeMatrix(from: number, to: number, part = 1): Float32Array {
  const matrix = new Float32Array(to * from)
  const scale = (from * part) / to
  const start = (from * (1 - part)) / 2
  const stretch = Math.max(1, scale)
  for (let i = 0; i < to; i++) {
    const centre = start + (i + 0.5) * scale
    const weights = Array.from({ length: from }, (_, j) =>
      Math.max(0, 1 - Math.abs(j + 0.5 - centre) / stretch),
    )
    const sum = weights.reduce((a, b) => a + b, 0)
    weights.forEach((weight, j) => {
      matrix[i * from + j] = weight / sum
    })
  }
  return matrix
}
