/** Batch normalisation (Ioffe & Szegedy 2015): by the batch's own statistics in training, by the running
 *  ones in inference or when frozen. */
import type { Rule } from './layer.ts'

export const batchNorm: Rule<'batchNorm'> = (_, { k, x, from, weight, isMeasuring }) => {
  const gamma = weight('gamma')
  const beta = weight('beta')
  if (!isMeasuring) {
    const statistics = { gamma, beta, mean: weight('mean'), variance: weight('variance') }
    return {
      y: k.normalise(x, statistics, from),
      back: (dy, wantsX) => ({ gradients: {}, x: wantsX ? k.normaliseGradient(dy, statistics, from) : null }),
    }
  }
  const normalised = k.batchNorm(x, gamma, beta, from)
  return {
    y: normalised.y,
    measured: { mean: normalised.mean, variance: normalised.variance },
    saved: [normalised.inverse, ...(normalised.more ?? [])],
    back: (dy) => {
      const gradient = k.batchNormGradient(dy, x, gamma, normalised, from)
      return { x: gradient.x, gradients: { gamma: gradient.gamma, beta: gradient.beta } }
    },
  }
}
