/** The stage "Evaluating": the trained network, measured once on the test images and calibrated. The measured
 *  weights are the saved ones: float16, run by the engine that would serve them. */
import type { RunPlan } from '#lib/contracts/training-plan.ts'
import { asStored } from '#lib/ml/formats/network-files.ts'
import type { Network, Weights } from '#lib/ml/network/network.ts'
import { subsetOf } from '#lib/ml/learn/sample-set.ts'
import type { ImageSets } from '../data/read-images.ts'
import type { TrainedNetwork } from '../learn/material.ts'
import type { RunPorts } from '../ports.ts'
import { startStage, timed } from '../progress.ts'
import { goldenLogits } from './golden.ts'
import { measureByFolds } from './measure-folds.ts'
import type { Int8Result } from './measure-int8.ts'
import { untimed, type MeasuredModel } from './outputs.ts'
import { imagesToMeasure, measure, type Measurement } from './measure.ts'
import { quantiseTrained, type MeasureAs } from './quantise-trained.ts'

export type EvaluationRun = {
  readonly plan: RunPlan
  readonly images: ImageSets
  readonly trained: TrainedNetwork
}

export type EvaluatedNetwork = {
  /** As it is saved. */
  readonly network: Network
  readonly weights: Weights
  readonly weightBytes: number
  readonly measurement: Measurement
  readonly int8: Int8Result
  /** How often this list of test images has been used, this time included. */
  readonly testOpened: number
  /** One row for each golden image. */
  readonly goldenLogits: readonly Float32Array[]
}

const KEY = 'sealing'

export async function evaluateTrained(
  { plan, images, trained }: EvaluationRun,
  ports: RunPorts,
): Promise<EvaluatedNetwork> {
  const { engine, signal } = ports
  const { weightBytes, ...saved } = asStored(trained)
  const sets = {
    classes: plan.classes,
    isMirrorable: plan.classifier.isMirrorable,
    ...images,
    training: referenceImages(plan, images),
    foreign: null,
  }
  const total = trained.crossValidation ? images.test.count : imagesToMeasure(sets)
  const stage = startStage('evaluate', { total }, ports)
  await engine.load(KEY, saved)
  try {
    const { test } = images
    const testOpened = test.count === 0 ? 0 : await ports.openTest(test.hashes)
    const loaded: MeasuredModel = {
      engine,
      key: KEY,
      spec: plan.spec,
      classes: plan.classes.length,
      onProgress: stage.advance,
      signal,
      timed: (part, work) => timed(part, ports, work),
    }
    const measured: MeasureAs = (model, crossValidation, pinned) =>
      crossValidation
        ? measureByFolds({ ...images, classes: plan.classes, ...pinned }, crossValidation, model)
        : measure({ ...sets, ...pinned }, model)
    const measurement = await measured(loaded, trained.crossValidation)
    const int8 = await timed('int8', ports, () =>
      quantiseTrained(
        {
          ...{ plan, images, trained, saved, measurement, measureAs: measured },
          // the stage and its parts count float32
          loaded: { ...loaded, onProgress: () => undefined, timed: untimed },
        },
        ports,
      ),
    )
    stage.finish()
    return {
      ...saved,
      weightBytes,
      measurement,
      int8,
      testOpened,
      goldenLogits: await goldenLogits(engine, KEY, plan.spec),
    }
  } finally {
    await engine.unload(KEY)
  }
}

/** The images that familiarity is measured against. When those of the old classes are not on this machine there
 *  are none, because all images of these classes would look unfamiliar. */
const referenceImages = ({ teaching, classes }: RunPlan, { training }: ImageSets) =>
  teaching.kind === 'teacher' ? subsetOf(training, [], classes.length) : training
