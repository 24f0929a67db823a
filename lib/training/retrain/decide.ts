/** What one click on "retrain" means: with which recipe, from which version, on which pictures; or why it
 *  cannot be, in words. Pure: rows come in, a draft goes out. */
import type { Preprocess } from '#lib/contracts/bundle.ts'
import type { Input } from '#lib/contracts/contract.ts'
import type { retrain } from '#lib/contracts/retrain.ts'
import type { Sample, SnapshotEntry } from '#lib/data/values.ts'
import type { VersionWithCard } from '#lib/data/version-values.ts'
import type { Classifier } from '#lib/domain/classifier.ts'
import { DarkroomError } from '#lib/domain/errors.ts'
import { epochsFor, epochsOnwards, settingsOf, type Recipe } from '#lib/ml/recipes/recipe.ts'
import { finetune } from '#lib/ml/recipes/finetune.ts'
import { head } from '#lib/ml/recipes/head.ts'
import { isRecipe, RECIPES } from '#lib/ml/recipes/list.ts'
import { transfer } from '#lib/ml/recipes/transfer.ts'
import type { BodyCandidate, RecipePlan, TeacherPlan } from '../run/plan.ts'
import { preprocessFor } from '../shipped/shipped.ts'

export const FEWEST_CLASSES = 2
export const FEWEST_IMAGES_OF_A_CLASS = 2
/** With less than this share of what a version learnt from on this machine, its own answers stand for the
 *  rest. */
const ENOUGH_OF_THE_OLD = 0.5
/** Share of a new picture's target that is the old version's answer: the person's label wins, what else it
 *  looked like is kept. */
const TEACHER_SHARE = 0.3
const REHEARSED_FOR_EACH = 4 // pictures made by code for each new one
const MOST_REHEARSED = 2_000

/** Up to so many pictures to learn from, one click learns the last layer alone:
 *  docs/decisions/0015-default-recipe.md has the figures. */
export const MOST_FOR_HEAD = 1_000

export type RetrainAsked = {
  readonly recipe: Input<typeof retrain>['recipe']
  readonly epochs?: number | undefined
  readonly seed?: number | undefined
  readonly force: boolean
}

export type RetrainFacts = {
  readonly classifier: Classifier
  /** The champion, or the version that was named; null where there is none. */
  readonly base: VersionWithCard | null
  /** Not excluded. */
  readonly samples: readonly Sample[]
  /** Hashes of those that the champion has not learnt from. */
  readonly unseen: ReadonlySet<string>
  /** Networks whose features a classifier like this one may begin with. */
  readonly bodies: readonly BodyCandidate[]
  readonly defaultEpochs?: number | undefined
  readonly asked: RetrainAsked
}

/** Kept as JSON with the run. */
export type RetrainDraft = {
  readonly recipe: RecipePlan
  /** Where there is no base and it begins on another network's layers. */
  readonly bodies: readonly BodyCandidate[]
  readonly base: { readonly id: string; readonly version: string; readonly folder: string } | null
  readonly classes: readonly string[]
  readonly spec: Preprocess
  readonly teacher: TeacherPlan | null
  readonly notes: readonly string[]
  /** What the base never saw: the gate counts it apart. */
  readonly unseen: readonly string[]
}

export type Decided = {
  readonly draft: RetrainDraft
  readonly entries: readonly SnapshotEntry[]
  readonly message: string
}

export function decideRetrain(facts: RetrainFacts): Decided {
  const { classifier, samples, unseen, asked } = facts
  if (asked.recipe === 'finetune' && !facts.base)
    throw refusal(
      'invalid_input',
      `"${classifier.title}" cannot be fine-tuned`,
      'it has no version to start from',
      'Train it from scratch first.',
    )
  const base = startsAnew(asked.recipe) ? null : facts.base
  if (facts.base && unseen.size === 0 && !asked.force) {
    throw refusal(
      'nothing_to_learn',
      `"${classifier.title}" was not retrained`,
      `there are no new images since ${facts.base.name} was trained`,
      'Upload images or correct predictions first, or train anyway with "force": true.',
    )
  }
  const counts = countsOf(samples)
  const isMissing = base !== null && isOldMissing(base, samples, unseen)
  const classes = [
    ...(base?.classes ?? []),
    ...classifier.classes.filter((name) => !base?.classes.includes(name) && counts.has(name)),
  ]
  requireEnough({ classifier, classes, counts, known: isMissing ? base.classes : [] })
  requireTraining(samples, isMissing ? base.classes : [])
  const train = samples.filter((sample) => sample.split === 'train').length
  const recipe = recipeFor(facts, { base, train, isMissing })
  const bodies = recipe.name === transfer.name || (recipe.name === 'head' && !base) ? facts.bodies : []
  const { settings } = recipe
  return {
    draft: {
      recipe,
      bodies,
      base: base && { id: base.id, version: base.name, folder: base.folder },
      classes,
      spec: base?.preprocess ?? bodies[0]?.spec ?? preprocessFor(classifier.input),
      teacher: isMissing
        ? {
            share: TEACHER_SHARE,
            rehearsal: Math.min(MOST_REHEARSED, Math.max(100, train * REHEARSED_FOR_EACH)),
          }
        : null,
      notes: [],
      unseen: facts.base ? [...unseen] : [],
    },
    entries: samples.map(({ hash, label, split }) => ({ hash, label, split })),
    message: sentence({
      base,
      recipe: recipe.name,
      train,
      unseen: facts.base ? unseen.size : samples.length,
      isMissing,
      epochs: settings.epochs,
    }),
  }
}

/** What was asked for; or, of pictures that few seconds suffice for, the last layer; else the whole network,
 *  from the version that answers or from nothing. */
function recipeFor(
  { classifier, asked, bodies, defaultEpochs }: RetrainFacts,
  { base, train, isMissing }: { base: VersionWithCard | null; train: number; isMissing: boolean },
): RecipePlan {
  const isHeadPossible = base !== null || bodies.length > 0
  if (asked.recipe === 'head' && !isHeadPossible)
    throw refusal(
      'invalid_input',
      `The last layer of "${classifier.title}" cannot be trained alone`,
      'no available pretrained network has features that distinguish its images',
      'Train it from scratch.',
    )
  const isHeadChosen =
    asked.recipe === 'auto' &&
    isHeadPossible &&
    !isMissing &&
    train <= MOST_FOR_HEAD &&
    (base === null || hasKeptFeatures(base))
  if (asked.recipe === 'head' || isHeadChosen) {
    const { name, ...settings } = head
    return {
      name,
      settings: { ...settings, epochs: Math.min(asked.epochs ?? settings.epochs, settings.epochs) },
    }
  }
  if (asked.recipe === 'transfer' && bodies.length === 0)
    throw refusal(
      'invalid_input',
      `"${classifier.title}" cannot start from a pretrained network`,
      'no available network was trained on such images',
      'Import one (npm run import -- --body), or train from scratch.',
    )
  const recipe: Recipe =
    asked.recipe === 'transfer' ? transfer : base ? finetune : scratchFor(classifier, asked.recipe)
  const epochs =
    asked.epochs ??
    defaultEpochs ??
    (base || recipe === transfer ? epochsOnwards(train, recipe) : epochsFor(train, recipe))
  return {
    name: recipe.name,
    settings: { ...settingsOf(recipe), epochs, patience: Math.max(recipe.patience, Math.ceil(epochs / 2)) },
  }
}

const startsAnew = (recipe: RetrainAsked['recipe']): boolean =>
  recipe.startsWith('scratch') || recipe === 'transfer'

/** Whether the features of a version were learnt on more than a person's few pictures: those that it got from
 *  elsewhere, or that came with the product. */
const hasKeptFeatures = (version: VersionWithCard): boolean => version.isShipped || version.recipe === 'head'

/** Whether what a version learnt from is, for the most part, not on this machine. */
export function isOldMissing(
  base: VersionWithCard,
  samples: readonly Sample[],
  unseen: ReadonlySet<string>,
): boolean {
  const old = samples.filter((sample) => sample.split === 'train' && !unseen.has(sample.hash)).length
  return old < base.card.data.train * ENOUGH_OF_THE_OLD
}

function requireEnough({
  classifier,
  classes,
  counts,
  known,
}: {
  classifier: Classifier
  classes: readonly string[]
  counts: ReadonlyMap<string, number>
  known: readonly string[]
}): void {
  const learnt = new Set([...counts.keys(), ...known])
  if (counts.size === 0)
    throw refusal(
      'nothing_to_learn',
      `"${classifier.title}" cannot be trained`,
      'it has no images on this machine',
      'Upload images of each class.',
    )
  if (learnt.size < FEWEST_CLASSES) {
    throw refusal(
      'too_few_classes',
      `"${classifier.title}" cannot be trained`,
      `all of its images are labelled "${[...learnt][0]}", and at least two classes are needed`,
      'Upload images of at least one other class.',
    )
  }
  for (const name of classes) {
    const have = counts.get(name) ?? 0
    if (have >= FEWEST_IMAGES_OF_A_CLASS || known.includes(name) || have === 0) continue
    throw refusal(
      'too_few_images',
      `Class "${name}" cannot be trained`,
      `it has ${have} image and needs ${FEWEST_IMAGES_OF_A_CLASS}`,
      `Upload ${FEWEST_IMAGES_OF_A_CLASS - have} more of "${name}", or exclude the class.`,
    )
  }
}

/** Which part a picture belongs to is told by its content: of very few, all may be kept for testing. */
function requireTraining(samples: readonly Sample[], known: readonly string[]): void {
  const trained = new Set(samples.filter((sample) => sample.split === 'train').map((sample) => sample.label))
  for (const [name, have] of countsOf(samples)) {
    if (trained.has(name) || known.includes(name)) continue
    throw refusal(
      'too_few_images',
      `Class "${name}" cannot be trained`,
      `all of its ${have} images are in the validation set or the test set`,
      `Upload a few more images of "${name}": the content of an image decides which set it belongs to.`,
    )
  }
  if (trained.size === 0)
    throw refusal(
      'too_few_images',
      'No training run can be started',
      `all ${samples.length} images are in the validation set or the test set`,
      'Upload a few more images.',
    )
}

function countsOf(samples: readonly Sample[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const { label } of samples) counts.set(label, (counts.get(label) ?? 0) + 1)
  return counts
}

function scratchFor(classifier: Classifier, asked: RetrainAsked['recipe']): Recipe {
  const named = isRecipe(asked) ? RECIPES[asked] : null
  if (named?.network) return named
  const own = isRecipe(classifier.recipe) ? RECIPES[classifier.recipe] : null
  if (own?.network) return own
  if (classifier.input.fit === 'digit') return RECIPES['scratch-digits']
  return classifier.input.size <= 32 ? RECIPES['scratch-small'] : RECIPES['scratch-photo']
}

function sentence(about: {
  base: VersionWithCard | null
  recipe: string
  train: number
  unseen: number
  isMissing: boolean
  epochs: number
}): string {
  const pictures = `${about.train.toLocaleString('en')} ${about.train === 1 ? 'image' : 'images'}`
  const epochs = about.epochs === 1 ? '1 epoch' : `up to ${about.epochs} epochs`
  const isHead = about.recipe === 'head'
  if (!about.base && isHead)
    return (
      'Trains a new classification layer on the features of a pretrained network (transfer ' +
      `learning), on ${pictures}; this takes seconds.`
    )
  if (about.recipe === transfer.name)
    return (
      `Trains on ${pictures} from a pretrained network: the last layer first, then the upper ` +
      `layers, ${epochs}.`
    )
  if (!about.base) return `Trains a first network from scratch on ${pictures}, ${epochs}.`
  const rest = about.isMissing
    ? ` The old images are not on this machine: the predictions of ${about.base.name} stand in for them.`
    : ''
  return (
    `Continues training ${about.base.name} on: ${pictures}, ${about.unseen.toLocaleString('en')} ` +
    `of them new, ${isHead ? 'only its last layer' : epochs}.${rest}`
  )
}

const refusal = (
  code: 'invalid_input' | 'nothing_to_learn' | 'too_few_classes' | 'too_few_images',
  what: string,
  why: string,
  remedy: string,
): DarkroomError => new DarkroomError(code, { what, why, remedy })
