/** The recipe that `npm run train` names, checked against its base and its teachers. */
import type { RecipePlan } from '#lib/contracts/recipe-settings.ts'
import type { DarkroomError } from '#lib/domain/errors.ts'
import { DISTILLATION } from '#lib/ml/recipes/distil.ts'
import { isRecipe, RECIPES } from '#lib/ml/recipes/list.ts'
import type { GradientSettings, Recipe } from '#lib/ml/recipes/recipe.ts'
import { wrong } from '../terminal/wrong-argument.ts'

/** @param base the folder of the version to start from */
export function recipeOf(
  name: string,
  { isTaught, base }: { readonly isTaught: boolean; readonly base: string | null },
): RecipePlan {
  if (!isRecipe(name))
    throw wrong(
      `There is no recipe "${name}"`,
      `the recipes are ${Object.keys(RECIPES).join(', ')}`,
      'Choose one of them.',
    )
  const recipe: Recipe = RECIPES[name]
  const { kind } = recipe
  switch (kind) {
    case 'head':
      if (isTaught)
        throw wrong(
          'The recipe head cannot use a teacher',
          'it fits the last layer to the labels',
          'Omit --teacher, or choose another recipe.',
        )
      return { kind, name, settings: recipe.settings }
    case 'scratch':
      if (recipe.settings.distil && !isTaught)
        throw wrong(
          `${name} needs a teacher`,
          'it trains on the predictions of another version',
          'Specify one with --teacher.',
        )
      if (base) throw notFromVersion(name)
      return { kind, name, settings: withTeacher(recipe.settings, isTaught) }
    case 'transfer':
      if (base) throw notFromVersion(name)
      return { kind, name, settings: withTeacher(recipe.settings, isTaught) }
    case 'finetune':
      if (!base)
        throw wrong(
          `${name} needs a version to start from`,
          'without one, this command starts from random weights',
          'Specify one with --base, or choose a scratch recipe.',
        )
      return { kind, name, settings: withTeacher(recipe.settings, isTaught) }
  }
}

/** Whether it starts with another network if there is no version to start from. */
export function startsWithNetwork({ kind }: RecipePlan): boolean {
  switch (kind) {
    case 'head':
    case 'transfer':
      return true
    case 'scratch':
    case 'finetune':
      return false
  }
}

export function withEpochs(recipe: RecipePlan, epochs: number): RecipePlan {
  switch (recipe.kind) {
    case 'head':
      return { ...recipe, settings: { ...recipe.settings, epochs } }
    case 'transfer':
      return { ...recipe, settings: { ...recipe.settings, epochs } }
    case 'scratch':
    case 'finetune':
      return { ...recipe, settings: { ...recipe.settings, epochs } }
  }
}

const withTeacher = <S extends GradientSettings>(settings: S, isTaught: boolean): S =>
  isTaught ? { ...settings, distil: DISTILLATION } : settings

const notFromVersion = (name: string): DarkroomError =>
  wrong(
    `${name} does not continue from a version`,
    'it starts from a network of its own',
    'Omit --base, or choose the recipe restart, settle or finetune.',
  )
