/** Batch normalisation (Ioffe & Szegedy 2015): by the batch's own statistics while learning, by the running
 *  ones while answering or frozen. */
import type { Rule } from './layer.ts'

export const batchNorm: Rule<'batchNorm'> = (_, { k, x, from, weight, isMeasuring }) => {
  const gamma = weight('gamma')
  const beta = weight('beta')
  if (!isMeasuring) {
    const given = { gamma, beta, mean: weight('mean'), variance: weight('variance') }
    return {
      y: k.normalise(x, given, from),
      back: (dy, wantsX) => ({ gradients: {}, x: wantsX ? k.normaliseGradient(dy, given, from) : null }),
    }
  }
  const normalised = k.batchNorm(x, gamma, beta, from)
  return {
    y: normalised.y,
    measured: { mean: normalised.mean, variance: normalised.variance },
    kept: [normalised.inverse, ...(normalised.more ?? [])],
    back: (dy) => {
      const gradient = k.batchNormGradient(dy, x, gamma, normalised, from)
      return { x: gradient.x, gradients: { gamma: gradient.gamma, beta: gradient.beta } }
    },
  }
}
