/** What a recipe is: how to train, as data with its numbers on top. The recipes stand in recipes/; nothing
 *  here trains. */
import type { Augmentation } from '../learn/augment.ts'
import type { HeadSettings } from '../learn/head.ts'
import type { Optimiser, Precision } from '../learn/learner.ts'
import type { Network } from '../network/network.ts'
import type { RateCourse } from '../learn/schedule.ts'

/** `share` of each target is a teacher's answer at that temperature, the rest the label. */
export type Distilling = { readonly share: number; readonly temperature: number }

export type Recipe = {
  readonly name: string
  readonly epochs: number
  /** Images of a step; fewer where there are few pictures (`batchFor`). */
  readonly batch: number
  readonly optimiser: Optimiser
  readonly rate: RateCourse
  readonly augment: Augmentation
  readonly labelSmoothing: number
  /** Share of the averaged weights kept at each step. */
  readonly averageDecay: number
  /** Epochs without a better validation after which it stops. */
  readonly patience: number
  readonly clipNorm: number | null
  readonly precision: Precision
  /** The first convolution is computed from the pictures and stays (whitening.ts); absent: it learns like the
   *  others. */
  readonly isWhitened?: boolean
  /** Its convolutions begin by handing on what comes in (`identityWeights`); absent: with random weights. */
  readonly beginsAsIdentity?: boolean
  /** First the last layer alone, on features that stay; then so large a share of the layers with kernels,
   *  from the top, with batch norm frozen, or all of them with it when the share is 1. Absent: all layers
   *  learn from the first step. */
  readonly transfer?: { readonly head: HeadSettings; readonly share: number }
  /** Learns from a teacher's answers; absent: from the labels alone. */
  readonly distil?: Distilling
  /** The network to begin with random weights; null where the recipe goes on from a version. */
  readonly network: ((input: { size: number; channels: number }, classes: number) => Network) | null
}

/** What the recipe's numbers are as data: for plans, checkpoints and cards. */
export type RecipeSettings = Omit<Recipe, 'network' | 'name'>

export function settingsOf(recipe: Recipe): RecipeSettings {
  const { network: _network, name: _name, ...settings } = recipe
  return settings
}

const FEWEST_STEPS = 24 // of an epoch, as long as that leaves SMALLEST_BATCH images to a step
/** Images; below that batch norm measures noise. */
export const SMALLEST_BATCH = 16

/** Halved until an epoch has a few steps: two hundred pictures in batches of 128 would hardly move. */
export function batchFor(images: number, recipeBatch: number): number {
  let batch = recipeBatch
  while (batch > SMALLEST_BATCH && images / batch < FEWEST_STEPS) batch = Math.ceil(batch / 2)
  return Math.max(1, Math.min(batch, images))
}

// from random weights; fewer leave a network half-learnt, measured on drawn shapes 2026-11
const FEWEST_STEPS_IN_ALL = 1_000
const MOST_EPOCHS = 200

/** A recipe's epochs are for thousands of pictures; a hundred must be shown more often. */
export const epochsFor = (images: number, recipe: Pick<Recipe, 'epochs' | 'batch'>): number =>
  Math.max(
    recipe.epochs,
    Math.min(
      MOST_EPOCHS,
      Math.ceil((FEWEST_STEPS_IN_ALL * batchFor(images, recipe.batch)) / Math.max(1, images)),
    ),
  )

const MOST_STEPS_ON = 2_000 // from a version; its network knows most of it, and a person waits
const FEWEST_EPOCHS_ON = 2

/** Going on from a version: all epochs for few pictures, fewer for tens of thousands. */
export const epochsOnwards = (images: number, recipe: Pick<Recipe, 'epochs' | 'batch'>): number =>
  Math.min(
    recipe.epochs,
    Math.max(
      FEWEST_EPOCHS_ON,
      Math.ceil((MOST_STEPS_ON * batchFor(images, recipe.batch)) / Math.max(1, images)),
    ),
  )

/** A mirrored digit is another digit; what a recipe would turn over is left as it is where the classifier
 *  says so. */
export const augmentationFor = (how: Augmentation, isMirrorable: boolean): Augmentation =>
  isMirrorable ? how : { ...how, flip: false }
