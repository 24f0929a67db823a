/** settle: the last epochs of a version on pictures as they will come. Turning and zooming smooth every
 *  picture a little, and a network that has seen no other is worse on sharp ones; here pictures are only
 *  mirrored and moved by whole pixels. Source: Touvron et al. 2019 (arXiv:1906.06423), "fixing the train-test
 *  discrepancy". Result: on the cards and in docs/training-log.md. */
import type { Recipe } from './recipe.ts'
import { transferWhole } from './transfer-whole.ts'

const { transfer: _transfer, ...whole } = transferWhole

export const settle: Recipe = {
  ...whole,
  name: 'settle',
  epochs: 12,
  rate: { peak: 0.005, warmUpEpochs: 1, end: 0.0001 }, // for 32 images
  augment: { flip: true, shift: 4 },
  averageDecay: 0.99,
}
