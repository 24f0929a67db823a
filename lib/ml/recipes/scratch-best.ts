/** scratch-best: wide networks from random weights behind a whitened first convolution, for tens of thousands of small photographs and an hour
 *  or two of two cores. Source: K. Jordan 2024 (arXiv:2404.00498) for layout, whitening, alternating mirrors and averaged weights; DeVries and
 *  Taylor 2017 (arXiv:1708.04552) for cut-out. Result: on the cards and in docs/training-log.md. */
import type { Recipe } from '../recipe.ts'
import { wideNetwork } from './wide-network.ts'

export const scratchBest: Recipe = {
  name: 'scratch-best',
  epochs: 24,
  batch: 256,
  optimiser: { kind: 'sgd', momentum: 0.9, nesterov: true, weightDecay: 5e-4 },
  rate: { peak: 0.25, warmUpEpochs: 4, end: 0.0005 }, // for 256 images
  augment: { flip: 'alternating', shift: 3, cutout: 8 },
  labelSmoothing: 0.1,
  averageDecay: 0.995,
  patience: 100,
  clipNorm: 5,
  precision: 'auto',
  isWhitened: true,
  network: wideNetwork([64, 256, 256]),
}

/** The same below the 849,066 parameters of the earlier projects' network. */
export const scratchBestSmall: Recipe = {
  ...scratchBest,
  name: 'scratch-best-small',
  epochs: 36,
  network: wideNetwork([64, 160, 160]),
}
