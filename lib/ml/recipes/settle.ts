/** settle: the last epochs of a version, on images without interpolation. Rotation and zoom smooth every
 *  image a little, and a network trained on nothing else is worse on sharp ones; here images are only
 *  mirrored and moved by whole pixels. Source: Touvron et al. 2019 (arXiv:1906.06423), "fixing the train-test
 *  discrepancy". Result: on the cards and in docs/training-log.md. */
import type { FinetuneRecipe } from './recipe.ts'
import { transferWhole } from './transfer-whole.ts'

const { transfer: _transfer, ...whole } = transferWhole.settings

export const settle: FinetuneRecipe = {
  kind: 'finetune',
  name: 'settle',
  settings: {
    ...whole,
    epochs: 12,
    rate: { peak: 0.005, warmUpEpochs: 1, end: 0.0001 }, // for 32 images
    augment: { flip: true, shift: 4 },
    averageDecay: 0.99,
  },
}
