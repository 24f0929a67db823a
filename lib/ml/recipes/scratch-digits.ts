/** scratch-digits: the small network from random weights, for single handwritten signs on a dark background. Source:
 *  Ciresan et al. 2012 (arXiv:1202.2745) for small turns, shifts and scalings; no mirroring. Result: on the
 *  cards. */
import type { ScratchRecipe } from './recipe.ts'
import { scratchSmall } from './scratch-small.ts'

export const scratchDigits: ScratchRecipe = {
  kind: 'scratch',
  name: 'scratch-digits',
  settings: {
    ...scratchSmall.settings,
    epochs: 8,
    rate: { peak: 0.1, warmUpEpochs: 1, end: 0.0005 }, // for 128 images
    augment: { shift: 2, rotate: 10, zoom: 0.1 },
    labelSmoothing: 0.05,
    averageDecay: 0.99,
  },
  network: scratchSmall.network,
}
