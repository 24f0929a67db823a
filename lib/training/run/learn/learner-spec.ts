/** What the learner of a run is made from, and how many images a step holds. */
import type { RunPlan } from '#lib/contracts/training-plan.ts'
import type { EngineName } from '#lib/domain/classifier.ts'
import { firstConvolution } from '#lib/ml/learn/whitening.ts'
import type { LearnerSpec } from '#lib/ml/learn/learner.ts'
import type { Network, Weights } from '#lib/ml/network/network.ts'
import { frozenBelow } from '#lib/ml/network/upper-part.ts'
import {
  batchFor,
  SMALLEST_BATCH,
  type GradientSettings,
  type TransferPhases,
} from '#lib/ml/recipes/recipe.ts'
import { batchWithin } from './batch-size.ts'

export type LearnerRun = {
  readonly plan: RunPlan
  readonly settings: GradientSettings
  readonly network: Network
  readonly weights: Weights
}

/** @throws DarkroomError `invalid_input` when the network does not fit into the memory of the plan. */
export function learnerSpec(
  { plan, settings, network, weights }: LearnerRun,
  { images, engine }: { readonly images: number; readonly engine: EngineName },
) {
  const batch = Math.min(
    batchFor(images, settings.batch),
    batchWithin(plan.memoryMb, { network, batch: settings.batch, engine }),
  )
  return {
    network,
    weights,
    batch,
    optimiser: settings.optimiser,
    precision: settings.precision,
    seed: plan.seed,
    ...(settings.clipNorm === null ? {} : { clipNorm: settings.clipNorm }),
    ...(settings.isWhitened ? { frozenThrough: firstConvolution(network).name } : {}),
    // the statistics of the version are better than those of eight images
    ...(plan.start.kind === 'version' && batch < SMALLEST_BATCH ? { batchNorm: 'frozen' as const } : {}),
    ...(plan.recipe.kind === 'transfer' ? frozenPart(network, plan.recipe.settings.transfer) : {}),
  }
}

function frozenPart(
  network: Network,
  { share }: TransferPhases,
): Pick<LearnerSpec, 'frozenThrough' | 'batchNorm'> {
  if (share === 1) return {}
  const frozenThrough = frozenBelow(network, share)
  return { ...(frozenThrough === undefined ? {} : { frozenThrough }), batchNorm: 'frozen' }
}
