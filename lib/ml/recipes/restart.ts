/** restart: a version that overfits is trained through a second schedule of the learning rate, on images of
 *  which a part is covered. Sources: Loshchilov and Hutter 2017 (arXiv:1608.03983) for the
 *  restart, DeVries and Taylor 2017 (arXiv:1708.04552) for the covered part. Result: on the cards and in
 *  docs/training-log.md. */
import type { FinetuneRecipe } from './recipe.ts'
import { scratchBest, scratchBestDigits } from './scratch-best.ts'

export const restart: FinetuneRecipe = {
  kind: 'finetune',
  name: 'restart',
  settings: {
    ...scratchBest.settings,
    rate: { peak: 0.2, warmUpEpochs: 1, end: 0.0005 }, // for 256 images
    augment: { flip: 'alternating', shift: 3, cutout: 12 },
  },
}

/** The same for handwritten signs: what is new to the version are bent, thicker and thinner strokes. Source: Simard,
 *  Steinkraus & Platt 2003, § 2. */
export const restartDigits: FinetuneRecipe = {
  kind: 'finetune',
  name: 'restart-digits',
  settings: {
    ...scratchBestDigits.settings,
    epochs: 2,
    rate: { peak: 0.005, warmUpEpochs: 0.2, end: 0.0002 }, // for 128 images
    augment: { ...scratchBestDigits.settings.augment, elastic: 0.6, strokes: 0.6 },
  },
}
