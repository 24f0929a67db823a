/** scratch-photo: the small network from random weights, for a few thousand photographs from all viewpoints and
 *  in any light. Source: scratch-small, with the wider changes that small sets need (Perez and Wang 2017,
 *  arXiv:1712.04621). Result: on the cards. */
import type { ScratchRecipe } from './recipe.ts'
import { scratchSmall } from './scratch-small.ts'

export const scratchPhoto: ScratchRecipe = {
  kind: 'scratch',
  name: 'scratch-photo',
  settings: {
    ...scratchSmall.settings,
    epochs: 40,
    batch: 64,
    rate: { peak: 0.05, warmUpEpochs: 3, end: 0.0005 }, // for 64 images
    augment: {
      flip: true,
      shift: 5,
      rotate: 15,
      zoom: 0.2,
      brightness: 0.15,
      contrast: 0.25,
      colour: 0.05,
      cutout: 16,
    },
    patience: 20,
  },
  network: scratchSmall.network,
}
