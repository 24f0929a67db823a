/** Fully connected layers: every output is a weighted sum of every input. */
import type { Rule } from './layer.ts'

export const dense: Rule<'dense'> = (layer, { k, x, weight }) => {
  const kernel = weight('kernel')
  const product = k.matmul(x, kernel)
  return {
    y: layer.bias ? k.addBias(product, weight('bias')) : product,
    back: (dy, wantsX) => ({
      gradients: { kernel: k.matmul(x, dy, 'first'), ...(layer.bias ? { bias: k.biasGradient(dy) } : {}) },
      x: wantsX ? k.matmul(dy, kernel, 'second') : null,
    }),
  }
}
