/** distil: the small network from random weights, taught by a version that knows the task: its answers are
 *  the larger share of each target. Sources: Hinton et al. 2015 (arXiv:1503.02531); Beyer et al. 2022
 *  (arXiv:2106.05237) for a teacher that is believed throughout, over many epochs. What a scratch recipe
 *  becomes with a teacher is the same: its own numbers with these. Result: on the cards. */
import type { Distilling, Recipe } from './recipe.ts'
import { scratchSmall } from './scratch-small.ts'

/** The temperature is the teacher's alone, and 1 where teachers learnt from smoothed labels, as ours did:
 *  they are not too sure. */
export const DISTILLING: Distilling = { share: 0.9, temperature: 1 }

export const distil: Recipe = { ...scratchSmall, name: 'distil', distil: DISTILLING }
