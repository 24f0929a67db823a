/** Layers between the weights: relu, dropout, and the addition at the end of a residual branch. None has weights. */
import type { Rule } from './layer.ts'

export const relu: Rule<'relu'> = (layer, { k, x }) => {
  const y = k.relu(x, layer.most)
  return { y, back: (dy) => ({ x: k.reluGradient(dy, y, layer.most), gradients: {} }) }
}

/** Inverted dropout: the remaining values are scaled up in training, so that inference needs no scaling. */
export const dropout: Rule<'dropout'> = (layer, { k, x, noise, from }) => {
  if (!noise || layer.rate === 0) return { y: x, back: (dy) => ({ x: dy, gradients: {} }) }
  return {
    y: k.dropout(x, noise, layer.rate, from),
    back: (dy) => ({ x: k.dropout(dy, noise, layer.rate, from), gradients: {} }),
  }
}

export const add: Rule<'add'> = (layer, { k, x, other }) => {
  if (other === null) throw new Error(`${layer.name} adds ${layer.other}, which has no value`)
  return { y: k.add(x, other), back: (dy) => ({ x: dy, other: dy, gradients: {} }) }
}
