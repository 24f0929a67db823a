/** What a recipe is: how to train, as data with its numbers on top. The recipes themselves are in recipes/;
 *  nothing here trains. */
import type { Augmentation } from '../learn/augment.ts'
import type { HeadSettings } from '../learn/head.ts'
import type { Optimiser, Precision } from '../learn/learner.ts'
import type { Network } from '../network/network.ts'
import type { RateSchedule } from '../learn/schedule.ts'

/** `share` of each target is a teacher's prediction at that temperature, the rest the label. */
export type Distillation = { readonly share: number; readonly temperature: number }

/** How a recipe trains that takes gradient steps. As JSON in plans, checkpoints and on cards. */
export type GradientSettings = {
  readonly epochs: number
  /** Images per step; fewer when there are few images (`batchFor`). */
  readonly batch: number
  readonly optimiser: Optimiser
  readonly rate: RateSchedule
  readonly augment: Augmentation
  readonly labelSmoothing: number
  /** Share of the averaged weights that remains at each step. */
  readonly averageDecay: number
  /** Epochs without a better validation score after which it stops. */
  readonly patience: number
  readonly clipNorm: number | null
  readonly precision: Precision
  /** The first convolution is computed from the images and fixed (whitening.ts); absent: it is trained like
   *  the others. */
  readonly isWhitened?: boolean
  /** Its convolutions start by passing on their input (`initialWeights`); absent: with random weights. */
  readonly beginsAsIdentity?: boolean
  /** Targets are mixed with a teacher's predictions; absent: labels only. */
  readonly distil?: Distillation
}

/** First only the last layer, on fixed features; then this share of the layers with kernels, from
 *  the top, with batch norm frozen, or all of them with it when the share is 1. */
export type TransferPhases = { readonly head: HeadSettings; readonly share: number }
export type TransferSettings = GradientSettings & { readonly transfer: TransferPhases }

/** Builds the network of a recipe that starts with random weights. */
export type BuildNetwork = (input: { size: number; channels: number }, classes: number) => Network

/** A network of its own, from random weights. */
export type ScratchRecipe = {
  readonly kind: 'scratch'
  readonly name: string
  readonly settings: GradientSettings
  readonly network: BuildNetwork
}
/** Trains the whole network of a version. */
export type FinetuneRecipe = {
  readonly kind: 'finetune'
  readonly name: string
  readonly settings: GradientSettings
}
/** Trains the layers of another network: the last one first, then its upper part or all of it. */
export type TransferRecipe = {
  readonly kind: 'transfer'
  readonly name: string
  readonly settings: TransferSettings
}
/** Trains only the last layer, on the features of a version or of another network. */
export type HeadRecipe = { readonly kind: 'head'; readonly name: string; readonly settings: HeadSettings }

export type Recipe = ScratchRecipe | FinetuneRecipe | TransferRecipe | HeadRecipe

const FEWEST_STEPS = 24 // of an epoch, as long as that leaves SMALLEST_BATCH images to a step
/** Images; below that batch norm measures noise. */
export const SMALLEST_BATCH = 16

/** Halved until an epoch has a few steps: two hundred images in batches of 128 would hardly change the weights. */
export function batchFor(images: number, recipeBatch: number): number {
  let batch = recipeBatch
  while (batch > SMALLEST_BATCH && images / batch < FEWEST_STEPS) batch = Math.ceil(batch / 2)
  return Math.max(1, Math.min(batch, images))
}

// from random weights; fewer leave a network underfitted, measured on drawn shapes 2026-11
const FEWEST_STEPS_IN_ALL = 1_000
const MOST_EPOCHS = 200

/** A recipe's epochs are meant for thousands of images; a hundred must be shown more often. */
export const epochsFor = (images: number, settings: Pick<GradientSettings, 'epochs' | 'batch'>): number =>
  Math.max(
    settings.epochs,
    Math.min(
      MOST_EPOCHS,
      Math.ceil((FEWEST_STEPS_IN_ALL * batchFor(images, settings.batch)) / Math.max(1, images)),
    ),
  )

const MOST_STEPS_ON = 2_000 // from a version: most of it is trained already, and a user is waiting
const FEWEST_EPOCHS_ON = 2

/** Fine-tuning a version: all epochs for few images, fewer for tens of thousands. */
export const epochsOnwards = (images: number, settings: Pick<GradientSettings, 'epochs' | 'batch'>): number =>
  Math.min(
    settings.epochs,
    Math.max(
      FEWEST_EPOCHS_ON,
      Math.ceil((MOST_STEPS_ON * batchFor(images, settings.batch)) / Math.max(1, images)),
    ),
  )

/** A mirrored digit is another digit, so a recipe's flips are removed when the classifier does not allow
 *  them. */
export const augmentationFor = (how: Augmentation, isMirrorable: boolean): Augmentation =>
  isMirrorable ? how : { ...how, flip: false }
