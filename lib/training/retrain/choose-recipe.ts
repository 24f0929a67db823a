/** The recipe of a retrain: the one in the request, or the one that fits the number of images. */
import type { Input } from '#lib/contracts/contract.ts'
import type { RecipePlan } from '#lib/contracts/recipe-settings.ts'
import type { retrain } from '#lib/contracts/retrain.ts'
import type { NetworkCandidate } from '#lib/contracts/training-plan.ts'
import type { VersionWithCard } from '#lib/data/versions/version-values.ts'
import type { Classifier } from '#lib/domain/classifier.ts'
import { DarkroomError } from '#lib/domain/errors.ts'
import { finetune } from '#lib/ml/recipes/finetune.ts'
import { head } from '#lib/ml/recipes/head.ts'
import { isRecipe, RECIPES } from '#lib/ml/recipes/list.ts'
import {
  epochsFor,
  epochsOnwards,
  type FinetuneRecipe,
  type GradientSettings,
  type ScratchRecipe,
} from '#lib/ml/recipes/recipe.ts'
import { transfer } from '#lib/ml/recipes/transfer.ts'

/** Up to this many training images, one click trains only the last layer:
 *  docs/decisions/0015-default-recipe.md has the figures. */
export const MOST_FOR_HEAD = 1_000

export type RecipeRequest = {
  /** A pretrained network that a person chose for this run. */
  readonly backbone?: string | undefined
  readonly recipe: Input<typeof retrain>['recipe']
  readonly epochs?: number | undefined
}

export type RecipeFacts = {
  readonly classifier: Classifier
  readonly candidates: readonly NetworkCandidate[]
  readonly defaultEpochs?: number | undefined
  readonly options: RecipeRequest
}

export type RecipeBasis = {
  /** The version to start with. */
  readonly base: VersionWithCard | null
  /** Training images. */
  readonly train: number
  /** Most training images of the base are not on this machine. */
  readonly isMissing: boolean
}

/** Whether the requested recipe starts without the live version. */
export const startsWithoutBase = ({ recipe, backbone }: RecipeRequest): boolean =>
  recipe.startsWith('scratch') || recipe === 'transfer' || backbone !== undefined

/** @throws DarkroomError `invalid_input` when the requested recipe has no network to start with. */
export function recipeFor(facts: RecipeFacts, basis: RecipeBasis): RecipePlan {
  const { classifier, options } = facts
  const scratch = (): RecipePlan => gradientRecipe(scratchFor(classifier, options.recipe), facts, basis)
  switch (options.recipe) {
    case 'head':
      return headFor(facts, basis)
    case 'transfer':
      return transferFor(facts, basis)
    case 'auto':
      if (options.backbone !== undefined) return headFor(facts, basis)
      // its other layers are an ONNX file
      if (basis.base?.card.network.is_onnx) return headFor(facts, basis)
      if (isHeadBest(facts, basis)) return headFor(facts, basis)
      return basis.base ? gradientRecipe(finetune, facts, basis) : scratch()
    case 'finetune':
      requireTrainable(classifier, basis)
      return gradientRecipe(finetune, facts, basis)
    case 'scratch':
    case 'scratch-small':
    case 'scratch-photo':
    case 'scratch-digits':
      return scratch()
  }
}

/** True for few images, when the version's features are general enough to reuse. */
function isHeadBest({ candidates }: RecipeFacts, { base, train, isMissing }: RecipeBasis): boolean {
  if (isMissing || train > MOST_FOR_HEAD) return false
  return base ? hasGeneralFeatures(base) : candidates.length > 0
}

/** Whether the features of a version were trained on more than a user's few images: it has them from another
 *  network, or came with the product. */
const hasGeneralFeatures = (version: VersionWithCard): boolean =>
  version.isShipped || version.recipe === head.name

function headFor({ classifier, candidates, options }: RecipeFacts, { base }: RecipeBasis): RecipePlan {
  if (!base && candidates.length === 0)
    throw new DarkroomError('invalid_input', {
      what: `The last layer of "${classifier.title}" cannot be trained alone`,
      why: 'no available pretrained network has features that distinguish its images',
      remedy: 'Train it from scratch.',
    })
  const { settings } = head
  const epochs = Math.min(options.epochs ?? settings.epochs, settings.epochs)
  return { kind: 'head', name: head.name, settings: { ...settings, epochs } }
}

/** @throws DarkroomError `invalid_input` where the layers of the version cannot be trained. */
function requireTrainable({ title }: Classifier, { base }: RecipeBasis): void {
  if (base?.card.network.is_onnx)
    throw new DarkroomError('invalid_input', {
      what: `"${title}" cannot be fine-tuned`,
      why: `the pretrained network of ${base.name} is an ONNX file, whose layers are never trained`,
      remedy:
        'Train its last layer (recipe head), or start from another pretrained network (recipe transfer).',
    })
}

/** Those whose layers can be trained. */
export const trainable = (candidates: readonly NetworkCandidate[]): readonly NetworkCandidate[] =>
  candidates.filter(({ isOnnx }) => !isOnnx)

function transferFor(facts: RecipeFacts, { train }: RecipeBasis): RecipePlan {
  if (trainable(facts.candidates).length === 0)
    throw new DarkroomError('invalid_input', {
      what: `"${facts.classifier.title}" cannot start from a pretrained network`,
      why:
        facts.candidates.length === 0
          ? 'no available network was trained on such images'
          : 'the available networks are ONNX files, whose layers are never trained',
      remedy: 'Import one (npm run import -- --body), or train from scratch.',
    })
  const { name, settings } = transfer
  const epochs = epochsOf(facts) ?? epochsOnwards(train, settings)
  return { kind: 'transfer', name, settings: withEpochs(settings, epochs) }
}

function gradientRecipe(
  { kind, name, settings }: ScratchRecipe | FinetuneRecipe,
  facts: RecipeFacts,
  { base, train }: RecipeBasis,
): RecipePlan {
  const epochs = epochsOf(facts) ?? (base ? epochsOnwards(train, settings) : epochsFor(train, settings))
  return { kind, name, settings: withEpochs(settings, epochs) }
}

const epochsOf = ({ options, defaultEpochs }: RecipeFacts): number | undefined =>
  options.epochs ?? defaultEpochs

const withEpochs = <S extends GradientSettings>(settings: S, epochs: number): S => ({
  ...settings,
  epochs,
  patience: Math.max(settings.patience, Math.ceil(epochs / 2)),
})

/** The requested recipe, else the classifier's own, else one by its image size. */
function scratchFor(classifier: Classifier, name: RecipeRequest['recipe']): ScratchRecipe {
  const byImages = classifier.input.size <= 32 ? RECIPES['scratch-small'] : RECIPES['scratch-photo']
  return (
    scratchNamed(name) ??
    scratchNamed(classifier.recipe) ??
    (classifier.input.fit === 'digit' ? RECIPES['scratch-digits'] : byImages)
  )
}

function scratchNamed(name: string): ScratchRecipe | null {
  const recipe = isRecipe(name) ? RECIPES[name] : null
  return recipe?.kind === 'scratch' ? recipe : null
}
