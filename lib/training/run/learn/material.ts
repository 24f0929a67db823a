/** What the stage "Training" works on, and what comes out of it. Types alone. */
import type { RunPlan } from '#lib/contracts/training-plan.ts'
import type { FeatureSet } from '#lib/ml/learn/head.ts'
import type { Batch } from '#lib/ml/learn/learner.ts'
import type { SampleSet } from '#lib/ml/learn/sample-set.ts'
import type { Position } from '#lib/ml/learn/train.ts'
import type { Network, Weights } from '#lib/ml/network/network.ts'

export type TrainingMaterial = {
  readonly folder: string
  readonly plan: RunPlan
  /** With as many outputs as the plan has classes. */
  readonly network: Network
  readonly weights: Weights
  readonly training: SampleSet
  /** Validation images that choose the epoch. */
  readonly choosing: SampleSet
  /** Validation images in all: those that choose, and those that calibrate. */
  readonly validationImages: number
  /** Writes predictions of teachers into the targets of a batch; null: nothing is added. */
  readonly teach: ((batch: Batch) => Promise<void>) | null
}

/** The material of a run, and what a last layer is trained on; null where the recipe needs none. */
export type PreparedTraining = AsyncDisposable & {
  readonly material: TrainingMaterial
  readonly features: HeadFeatures | null
}

export type HeadFeatures = {
  readonly training: FeatureSet
  readonly choosing: FeatureSet
  /** That computing them took; the first try counts them as its own. */
  readonly seconds: number
}

export type TrainedNetwork = {
  readonly network: Network
  readonly weights: Weights
  readonly position: Position
  /** Images of a step. */
  readonly batch: number
  /** Training images, with those made by code. */
  readonly images: number
}
