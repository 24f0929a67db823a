/** All recipes by name. A new recipe is a file next to this one and a line in it. */
import type { Recipe } from './recipe.ts'
import { distil } from './distil.ts'
import { finetune } from './finetune.ts'
import { head } from './head.ts'
import { restart } from './restart.ts'
import { settle } from './settle.ts'
import { scratchBest, scratchBestDigits, scratchBestPhoto, scratchBestSmall } from './scratch-best.ts'
import { scratchDigits } from './scratch-digits.ts'
import { scratchPhoto } from './scratch-photo.ts'
import { scratchSmall } from './scratch-small.ts'
import { transfer } from './transfer.ts'
import { transferWhole, transferWholeSmall, transferWholeTurned } from './transfer-whole.ts'

export const RECIPES = {
  'scratch-small': scratchSmall,
  'scratch-photo': scratchPhoto,
  'scratch-digits': scratchDigits,
  'scratch-best': scratchBest,
  'scratch-best-small': scratchBestSmall,
  'scratch-best-photo': scratchBestPhoto,
  'scratch-best-digits': scratchBestDigits,
  distil,
  transfer,
  'transfer-whole': transferWhole,
  'transfer-whole-small': transferWholeSmall,
  'transfer-whole-turned': transferWholeTurned,
  finetune,
  restart,
  settle,
  head,
} as const satisfies Record<string, Recipe>
export type RecipeName = keyof typeof RECIPES
export const isRecipe = (name: string): name is RecipeName => Object.hasOwn(RECIPES, name)
