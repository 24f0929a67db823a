/** The trained network with 8-bit numbers, as the stage "Evaluating" measures it: by the same splits or the same folds
 *  as with float32. The ranges are those of the network that it starts with, where its layers are unchanged. */
import type { RunPlan } from '#lib/contracts/training-plan.ts'
import { readBundle } from '#lib/ml/formats/bundle.ts'
import type { Reference } from '#lib/ml/evaluate/familiarity.ts'
import type { SampleSet } from '#lib/ml/learn/sample-set.ts'
import { headLogits } from '#lib/ml/learn/softmax-regression.ts'
import { backboneLayers, backboneWeights } from '#lib/ml/network/head-network.ts'
import type { Network, Weights } from '#lib/ml/network/network.ts'
import type { Ranges } from '#lib/ml/quantise/quantised-graph.ts'
import type { ImageSets } from '../data/read-images.ts'
import type { CrossValidationResult, TrainedNetwork } from '../learn/material.ts'
import type { RunPorts } from '../ports.ts'
import { int8Hindrance, measureInt8, withoutInt8, type Int8Result } from './measure-int8.ts'
import type { Measurement } from './measure.ts'
import { computeOutputs, type MeasuredModel } from './outputs.ts'

/** The measurement of the run, with a loaded version: by the folds that are given, or by splits. */
export type MeasureAs = (
  model: MeasuredModel,
  crossValidation: CrossValidationResult | undefined,
  pinned?: { readonly pinned: { readonly reference: Reference | null } },
) => Promise<Measurement>

type SavedNetwork = { readonly network: Network; readonly weights: Weights }

export async function quantiseTrained(
  run: {
    readonly plan: RunPlan
    readonly images: ImageSets
    readonly trained: TrainedNetwork
    /** As it is stored. */
    readonly saved: SavedNetwork
    readonly measurement: Measurement
    readonly loaded: MeasuredModel
    readonly measureAs: MeasureAs
  },
  ports: RunPorts,
): Promise<Int8Result> {
  const { plan, images, trained, saved, measurement, loaded, measureAs } = run
  // before the start bundle is read, which may have hundreds of megabytes, and another engine is opened
  const hindrance = int8Hindrance(saved.network, measurement.answered)
  if (hindrance) return withoutInt8(hindrance)
  const ownEngine = ports.engine.openExtremes ? ports.engine : null
  await using other = ownEngine ? null : ((await ports.openInt8Engine?.()) ?? null)
  const pinned = { pinned: { reference: measurement.reference } }
  return measureInt8(
    {
      ...saved,
      spec: plan.spec,
      images: images.training,
      inherited: await inheritedRanges(plan, saved),
      float32: measurement,
      async measureAs(int8) {
        const model = { ...loaded, ...int8 }
        const { crossValidation } = trained
        const folds = crossValidation && (await foldsAgain(crossValidation, images.training, model))
        return measureAs(model, folds, pinned)
      },
      signal: ports.signal,
    },
    ownEngine ?? other,
  )
}

/** Those of the network that the run starts with; null where it has none, or its layers were trained further. */
async function inheritedRanges({ start }: RunPlan, saved: SavedNetwork): Promise<Ranges | null> {
  if (start.kind !== 'network' && start.kind !== 'version') return null
  const base = await readBundle(start.folder)
  if (!base.int8) return null
  const layersOf = ({ network }: SavedNetwork) => JSON.stringify(backboneLayers(network))
  const tensors = ({ network, weights }: SavedNetwork) => backboneWeights(network, weights)
  const own = tensors(saved)
  const isUnchanged =
    layersOf(base) === layersOf(saved) &&
    tensors(base).every((tensor, i) => tensor.every((value, at) => value === own[i]?.[at]))
  return isUnchanged ? base.int8.ranges : null
}

/** The same folds with the features of another precision: each image is answered by the layers that were trained
 *  without it. */
async function foldsAgain(
  folds: CrossValidationResult,
  training: SampleSet,
  model: MeasuredModel,
): Promise<CrossValidationResult> {
  const { features } = await computeOutputs(training, model)
  if (!features) return folds
  const { length } = folds.features
  const { classes } = folds.result.logits
  const values = new Float32Array(training.count * classes)
  for (let i = 0; i < training.count; i++) {
    const head = folds.result.headFor(i)
    if (!head) continue
    values.set(headLogits(head, features.subarray(i * length, (i + 1) * length)), i * classes)
  }
  return {
    ...folds,
    features: { ...folds.features, views: [features] },
    result: { ...folds.result, logits: { values, count: training.count, classes } },
  }
}
