/** Writes the trained backbone as a bundle: its layers and the classes it was trained on, without the outputs
 *  that were fitted to the teacher. Its card states only what `npm run backbone -- measure` prints. */
import type { Card, Preprocess } from '#lib/contracts/bundle.ts'
import { withHead } from '#lib/ml/network/head-network.ts'
import { featureLength, type Network, type Weights } from '#lib/ml/network/network.ts'
import type { TrainingEngine } from '../run/ports.ts'
import { unmeasuredCard, writeUnmeasured, type Origin } from '../run/seal/unmeasured-card.ts'

export type BackboneToSave = {
  readonly network: Network
  readonly weights: Weights
  readonly labels: readonly string[]
  readonly spec: Preprocess
  readonly out: string
  readonly data: { readonly images: number; readonly snapshot: string }
  readonly settings: Readonly<Record<string, unknown>>
  readonly facts: Pick<Card, 'version' | 'seed' | 'duration_seconds' | 'images_per_second' | 'notes'>
  readonly origin: Origin
}

const TRAINED_ON = 'tiny-imagenet, cats-dogs, leaf-disease, fruits'

export async function sealBackbone(
  { network, weights, labels, spec, out, data, settings, facts, origin }: BackboneToSave,
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
  return writeUnmeasured(
    out,
    {
      ...cut,
      preprocess: spec,
      classes: labels,
      card: (stored) => ({
        ...unmeasuredCard(
          {
            classifier: 'backbone',
            title: 'Features for other classifiers',
            version: facts.version,
            settings,
            trainedOn: TRAINED_ON,
            engine: engine.name,
            notes: facts.notes,
          },
          origin,
          stored,
        ),
        ...facts,
        recipe: { name: 'backbone', settings },
        data: {
          name: TRAINED_ON,
          snapshot: data.snapshot,
          train: data.images,
          validation: 0,
          test: 0,
          test_opened: 0,
        },
      }),
    },
    engine,
  )
}
