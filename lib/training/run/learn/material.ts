/** The input of the stage "Training" and its result. Types only. */
import type { RunPlan } from '#lib/contracts/training-plan.ts'
import type { CrossValidated } from '#lib/ml/learn/cross-validation.ts'
import type { FeatureSet, HeadSettings } from '#lib/ml/learn/head.ts'
import type { Batch } from '#lib/ml/learn/learner.ts'
import type { SampleSet } from '#lib/ml/learn/sample-set.ts'
import type { Position } from '#lib/ml/learn/train.ts'
import type { Network, Weights } from '#lib/ml/network/network.ts'
import type { ImageSets } from '../data/read-images.ts'

export type TrainingMaterial = {
  readonly folder: string
  readonly plan: RunPlan
  /** Has as many outputs as the plan has classes. */
  readonly network: Network
  readonly weights: Weights
  readonly training: SampleSet
  /** Validation images that choose the epoch. */
  readonly choosing: SampleSet
  /** Validation images in all: those that choose, and those that calibrate. */
  readonly validationImages: number
  readonly groups: ImageSets['groups']
  /** Adds the teachers' predictions to the targets of a batch; null without teachers. */
  readonly teach: ((batch: Batch) => Promise<void>) | null
}

/** The material of a run, and what a last layer is trained on; null when the recipe needs none. */
export type PreparedTraining = AsyncDisposable & {
  readonly material: TrainingMaterial
  readonly features: HeadFeatures | null
}

export type HeadFeatures = {
  readonly training: FeatureSet
  readonly choosing: FeatureSet
  /** The time it took to compute them; the first try includes it. */
  readonly seconds: number
}

export type CrossValidationResult = {
  readonly result: CrossValidated
  /** Of each training image. */
  readonly groups: readonly number[]
  readonly features: FeatureSet
  readonly folds: number
  readonly rounds: number
}

export type TrainedNetwork = {
  readonly network: Network
  readonly weights: Weights
  readonly position: Position
  /** Images per step. */
  readonly batch: number
  /** Training images, synthetic ones included. */
  readonly images: number
  /** Present where it was trained on all images and evaluated by folds. */
  readonly crossValidation?: CrossValidationResult
}

/** What a last layer is trained with. */
export type HeadRun = TrainingMaterial & {
  readonly settings: HeadSettings
  readonly features: HeadFeatures
}
