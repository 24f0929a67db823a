/** Writes the trained backbone as a bundle: its layers and the classes it was trained on, without the outputs
 *  that were fitted to the teacher. Its card states only what `npm run backbone -- measure` prints. */
import type { Card, Preprocess } from '#lib/contracts/bundle.ts'
import { writeBundle } from '#lib/ml/formats/bundle.ts'
import { withHead } from '#lib/ml/network/head-network.ts'
import {
  featureLength,
  flopsPerImage,
  parameterCount,
  type Network,
  type Weights,
} from '#lib/ml/network/network.ts'
import { fromTfjs, toTfjs } from '#lib/ml/formats/tfjs.ts'
import { goldenOf } from '../run/seal/golden.ts'
import type { TrainingEngine } from '../run/ports.ts'
import { goldenLogits } from '../run/seal/golden-logits.ts'

export type BackboneToSave = {
  readonly network: Network
  readonly weights: Weights
  readonly labels: readonly string[]
  readonly spec: Preprocess
  readonly out: string
  readonly data: { readonly images: number; readonly snapshot: string }
  readonly settings: Readonly<Record<string, unknown>>
  readonly facts: Pick<
    Card,
    | 'version'
    | 'command'
    | 'seed'
    | 'code_version'
    | 'machine'
    | 'created_at'
    | 'duration_seconds'
    | 'images_per_second'
    | 'notes'
  >
}

const KEY = 'backbone'

export async function sealBackbone(
  { network, weights, labels, spec, out, data, settings, facts }: BackboneToSave,
  engine: TrainingEngine,
): Promise<Card> {
  const head = network.layers.at(-1)!.name
  const columns = network.classes
  const kernel = new Float32Array(featureLength(network) * labels.length).map(
    (_, i) => weights[`${head}/kernel`]![Math.floor(i / labels.length) * columns + (i % labels.length)]!,
  )
  const cut = withHead(
    { ...network, input: { ...network.input, size: spec.size }, name: `backbone-${spec.size}` },
    weights,
    { kernel, bias: weights[`${head}/bias`]!.slice(0, labels.length) },
  )
  const files = toTfjs(cut.network, cut.weights)
  const loaded = fromTfjs(files.modelJson, files.weightsBin)
  await engine.load(KEY, loaded)
  try {
    const card: Card = {
      classifier: 'backbone',
      title: 'Features for other classifiers',
      ...facts,
      engine: engine.name,
      precision: 'float32',
      peak_memory_mb: 0, // not measured
      recipe: { name: 'backbone', settings },
      parent: null,
      data: {
        name: 'tiny-imagenet, cats-dogs, leaf-disease, fruits',
        snapshot: data.snapshot,
        train: data.images,
        validation: 0,
        test: 0,
        test_opened: 0,
      },
      network: {
        name: loaded.network.name,
        parameters: parameterCount(loaded.network),
        flops: flopsPerImage(loaded.network),
        bytes: files.weightsBin.length,
      },
      test: null,
      validation: null,
      calibration: null,
      decision: null,
      candidates: null,
      familiarity: null,
      robustness: null,
      curves: [],
      best_epoch: 0,
    }
    await writeBundle(out, {
      ...loaded,
      preprocess: spec,
      classes: labels,
      card,
      golden: goldenOf(await goldenLogits(engine, KEY, spec)),
      reference: null,
    })
    return card
  } finally {
    await engine.unload(KEY)
  }
}
