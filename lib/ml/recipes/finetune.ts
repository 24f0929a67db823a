/** finetune: trains a version further, on its old images and the new ones, at a tenth of its first learning
 *  rate. Source: Li et al. 2020 (arXiv:2002.11770) for a small rate and little weight decay near a good
 *  start. Result: on the cards. */
import type { FinetuneRecipe } from './recipe.ts'

export const finetune: FinetuneRecipe = {
  kind: 'finetune',
  name: 'finetune',
  settings: {
    epochs: 8,
    batch: 64,
    optimiser: { kind: 'sgd', momentum: 0.9, nesterov: true, weightDecay: 1e-4 },
    rate: { peak: 0.01, warmUpEpochs: 0.5, end: 0.0001 }, // for 64 images
    augment: { flip: true, shift: 2 },
    labelSmoothing: 0.05,
    averageDecay: 0.98,
    patience: 5,
    clipNorm: 5,
    precision: 'auto',
  },
}
