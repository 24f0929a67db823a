/** Layers between the weights: activations, dropout, and those that join two branches. None has weights. */
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

export const hardSigmoid: Rule<'hardSigmoid'> = (_, { k, x }) => {
  const y = k.hardSigmoid(x)
  return { y, back: (dy) => ({ x: k.hardSigmoidGradient(dy, y), gradients: {} }) }
}

export const hardSwish: Rule<'hardSwish'> = (_, { k, x }) => ({
  y: k.hardSwish(x),
  back: (dy) => ({ x: k.hardSwishGradient(dy, x), gradients: {} }),
})

export const add: Rule<'add'> = (layer, { k, x, other }) => {
  const second = required(other, layer)
  return { y: k.add(x, second), back: (dy) => ({ x: dy, other: dy, gradients: {} }) }
}

export const scaleChannels: Rule<'scaleChannels'> = (layer, { k, x, other, from }) => {
  const factors = required(other, layer)
  return {
    y: k.scaleChannels(x, factors, from),
    back(dy) {
      const gradient = k.scaleChannelsGradient(dy, x, factors, from)
      return { x: gradient.x, other: gradient.factors, gradients: {} }
    },
  }
}

export const concat: Rule<'concat'> = (layer, { k, x, other, from, to }) => {
  const second = required(other, layer)
  const [length, whole] = [from[0]!, to[0]!]
  return {
    y: k.concat(x, second),
    back(dy) {
      const [first, rest] = k.concatGradient(dy, [length, whole - length])
      return { x: first, other: rest, gradients: {} }
    },
  }
}

function required<V>(other: V | null, layer: { readonly name: string; readonly other: string }): V {
  if (other === null) throw new Error(`${layer.name} reads ${layer.other}, which has no value`)
  return other
}
