/** Writes a pretrained network as a bundle: its last layer is zero, because it is replaced before anything is
 *  predicted. The folder is put in place in one step. It trains and measures nothing. */
import { mkdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Card, Preprocess } from '#lib/contracts/bundle.ts'
import { writeBundle } from '#lib/ml/formats/bundle.ts'
import { asStored } from '#lib/ml/formats/network-files.ts'
import { withHead } from '#lib/ml/network/head-network.ts'
import {
  featureLength,
  flopsPerImage,
  graphOf,
  parameterCount,
  type Network,
  type Weights,
} from '#lib/ml/network/network.ts'
import { goldenImages, goldenOf } from '../run/seal/golden.ts'

/** Who writes it, for its card. */
export type Origin = {
  readonly command: string
  readonly codeVersion: string
  readonly machine: string
  readonly now: Date
}

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
  const { network, weights, weightBytes } = asStored(headless)
  const place = join(into, name)
  const making = join(into, `.making-${name}-${process.pid}`)
  await rm(making, { recursive: true, force: true })
  await mkdir(making, { recursive: true })
  try {
    await writeBundle(join(making, 'v1'), {
      network,
      weights,
      preprocess,
      classes: NO_CLASSES,
      card: cardOf({ ...pretrained, network }, origin, weightBytes),
      // the last layer is zero, so every class has the same probability
      golden: goldenOf(goldenImages().map(() => new Float32Array(NO_CLASSES.length))),
      reference: null,
    })
    await rm(place, { recursive: true, force: true })
    await rename(making, place)
    return place
  } finally {
    await rm(making, { recursive: true, force: true })
  }
}

const cardOf = (
  { name, title, network, trainedOn, source, settings }: PretrainedNetwork,
  { command, codeVersion, machine, now }: Origin,
  weightBytes: number,
): Card => ({
  classifier: name,
  title,
  version: 'v1',
  created_at: now.toISOString(),
  command,
  seed: 0,
  engine: 'onnx',
  precision: 'float32',
  code_version: codeVersion,
  machine,
  duration_seconds: 0,
  images_per_second: 0,
  peak_memory_mb: 0, // nothing is trained
  recipe: { name: 'import', settings: { ...settings, features: featureLength(network) } },
  parent: null,
  data: { name: trainedOn, snapshot: '', train: 0, validation: 0, test: 0, test_opened: 0 },
  network: {
    name: network.name,
    parameters: parameterCount(network),
    flops: flopsPerImage(network),
    bytes: weightBytes,
    ...(graphOf(network) && { is_onnx: true as const }),
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
  notes: [`Its features serve the last layers of other classifiers. ${source}`],
})
