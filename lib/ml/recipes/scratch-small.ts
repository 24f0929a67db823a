/** scratch-small: the small network from random weights, for photographs. Source: K. Jordan 2024
 *  (arXiv:2404.00498) for Nesterov, label smoothing and averaged weights; DeVries and Taylor 2017 for
 *  cut-out. Result: on the card of every version it made, not repeated here. */
import type { ScratchRecipe } from './recipe.ts'
import { smallNetwork } from './small-network.ts'

export const scratchSmall: ScratchRecipe = {
  kind: 'scratch',
  name: 'scratch-small',
  settings: {
    epochs: 20,
    batch: 128,
    optimiser: { kind: 'sgd', momentum: 0.9, nesterov: true, weightDecay: 5e-4 },
    rate: { peak: 0.1, warmUpEpochs: 2, end: 0.0005 }, // for 128 images
    augment: { flip: true, shift: 2, cutout: 6 },
    labelSmoothing: 0.1,
    averageDecay: 0.995,
    patience: 12,
    clipNorm: 5,
    precision: 'auto',
  },
  network: smallNetwork,
}
