/** distil: the small network from random weights, with a version as its teacher: the teacher's predictions
 *  are the larger share of each target. Sources: Hinton et al. 2015 (arXiv:1503.02531); Beyer et al. 2022
 *  (arXiv:2106.05237) for a large share throughout, over many epochs. A scratch recipe with a
 *  teacher combines its own settings with these. Result: on the cards. */
import type { Distillation, ScratchRecipe } from './recipe.ts'
import { scratchSmall } from './scratch-small.ts'

/** The temperature applies only to the teacher; it is 1 because our teachers were trained on smoothed labels and
 *  are not overconfident. */
export const DISTILLATION: Distillation = { share: 0.9, temperature: 1 }

export const distil: ScratchRecipe = {
  ...scratchSmall,
  name: 'distil',
  settings: { ...scratchSmall.settings, distil: DISTILLATION },
}
