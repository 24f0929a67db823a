/** The trained backbone as a bundle: its layers, with the labels that it was taught as its classes and without
 *  the outputs that were fitted to the teacher. Its card claims nothing that `npm run backbone -- measure`
 *  does not print. */
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
  readonly data: { readonly pictures: number; readonly snapshot: string }
  readonly settings: Readonly<Record<string, unknown>>
  readonly about: Pick<
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
  { network, weights, labels, spec, out, data, settings, about }: BackboneToSave,
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
  const kept = fromTfjs(files.modelJson, files.weightsBin)
  await engine.load(KEY, kept)
  try {
    const card: Card = {
      classifier: 'backbone',
      title: 'Features for other classifiers',
      ...about,
      engine: engine.name,
      precision: 'float32',
      peak_memory_mb: 0, // not measured
      recipe: { name: 'backbone', settings },
      parent: null,
      data: {
        name: 'tiny-imagenet, cats-dogs, leaf-disease, fruits',
        snapshot: data.snapshot,
        train: data.pictures,
        validation: 0,
        test: 0,
        test_opened: 0,
      },
      network: {
        name: kept.network.name,
        parameters: parameterCount(kept.network),
        flops: flopsPerImage(kept.network),
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
      ...kept,
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
