/** Writes a pretrained network as a bundle: its last layer is zero, because it is replaced before anything is
 *  predicted. The folder is put in place in one step. It trains and measures nothing. */
import { mkdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Card, Preprocess } from '#lib/contracts/bundle.ts'
import { withHead } from '#lib/ml/network/head-network.ts'
import { featureLength, type Network, type Weights } from '#lib/ml/network/network.ts'
import {
  unmeasuredCard,
  writeUnmeasured,
  type Origin,
  type UnmeasuredFacts,
} from '../run/seal/unmeasured-card.ts'

export type PretrainedNetwork = {
  /** The folder that it gets among the others. */
  readonly name: string
  readonly title: string
  readonly network: Network
  readonly weights: Weights
  readonly preprocess: Preprocess
  /** What it was trained on. */
  readonly trainedOn: string
  /** Where it came from, in a sentence for the card. */
  readonly source: string
  readonly settings: Card['recipe']['settings']
}

const NO_CLASSES = ['none yet', 'none either']

/** @param into the folder of pretrained networks
 *  @returns the folder of the network */
export async function savePretrained(
  into: string,
  pretrained: PretrainedNetwork,
  origin: Origin,
): Promise<string> {
  const { name, preprocess } = pretrained
  const headless = withHead(pretrained.network, pretrained.weights, {
    kernel: new Float32Array(featureLength(pretrained.network) * NO_CLASSES.length),
    bias: new Float32Array(NO_CLASSES.length),
  })
  const place = join(into, name)
  const making = join(into, `.making-${name}-${process.pid}`)
  await rm(making, { recursive: true, force: true })
  await mkdir(making, { recursive: true })
  try {
    await writeUnmeasured(
      join(making, 'v1'),
      {
        ...headless,
        preprocess,
        classes: NO_CLASSES,
        card: (stored) => unmeasuredCard(factsOf(pretrained), origin, stored),
      },
      null,
    )
    await rm(place, { recursive: true, force: true })
    await rename(making, place)
    return place
  } finally {
    await rm(making, { recursive: true, force: true })
  }
}

const factsOf = ({
  name,
  title,
  network,
  trainedOn,
  source,
  settings,
}: PretrainedNetwork): UnmeasuredFacts => ({
  classifier: name,
  title,
  version: 'v1',
  settings: { ...settings, features: featureLength(network) },
  trainedOn,
  notes: [`Its features serve the last layers of other classifiers. ${source}`],
})
