/** Layers that reduce or flatten a map: maximum, average, global average, flatten. None has weights. */
import type { Rule } from './layer.ts'

export const maxPool: Rule<'maxPool'> = (layer, { k, x, from, to }) => {
  const pool = { size: layer.size, input: from, output: to }
  const y = k.maxPool(x, pool)
  return { y, back: (dy) => ({ x: k.maxPoolGradient(dy, x, y, pool), gradients: {} }) }
}

export const avgPool: Rule<'avgPool'> = (layer, { k, x, from, to }) => {
  const pool = { size: layer.size, input: from, output: to }
  return { y: k.avgPool(x, pool), back: (dy) => ({ x: k.avgPoolGradient(dy, pool), gradients: {} }) }
}

export const globalAvgPool: Rule<'globalAvgPool'> = (_, { k, x, from }) => ({
  y: k.globalAvgPool(x, from),
  back: (dy) => ({ x: k.globalAvgPoolGradient(dy, from), gradients: {} }),
})

export const flatten: Rule<'flatten'> = (_, { k, x, from }) => {
  if (from.length === 1) return { y: x, back: (dy) => ({ x: dy, gradients: {} }) }
  return { y: k.flatten(x, from), back: (dy) => ({ x: k.unflatten(dy, from), gradients: {} }) }
}
