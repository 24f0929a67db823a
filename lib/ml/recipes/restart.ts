/** restart: a version that overfits is trained through a second schedule of the learning rate, on images of
 *  which a part is covered. Sources: Loshchilov and Hutter 2017 (arXiv:1608.03983) for the
 *  restart, DeVries and Taylor 2017 (arXiv:1708.04552) for the covered part. Result: on the cards and in
 *  docs/training-log.md. */
import type { FinetuneRecipe } from './recipe.ts'
import { scratchBest } from './scratch-best.ts'

export const restart: FinetuneRecipe = {
  kind: 'finetune',
  name: 'restart',
  settings: {
    ...scratchBest.settings,
    rate: { peak: 0.2, warmUpEpochs: 1, end: 0.0005 }, // for 256 images
    augment: { flip: 'alternating', shift: 3, cutout: 12 },
  },
}
