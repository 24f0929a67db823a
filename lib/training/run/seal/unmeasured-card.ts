/** The card of a network that was not trained by a run, and the bundle with it. Such a card has no figures, because
 *  nothing was measured. */
import type { Card, GoldenOutputs, Preprocess } from '#lib/contracts/bundle.ts'
import { writeBundle } from '#lib/ml/formats/bundle.ts'
import { asStored } from '#lib/ml/formats/network-files.ts'
import {
  flopsPerImage,
  graphOf,
  parameterCount,
  type Network,
  type Weights,
} from '#lib/ml/network/network.ts'
import type { TrainingEngine } from '../ports.ts'
import { goldenImages, goldenLogits, goldenOf } from './golden.ts'
import type { Int8Result } from './measure-int8.ts'

/** What has written the bundle. */
export type Origin = {
  readonly command: string
  readonly codeVersion: string
  readonly machine: string
  readonly now: Date
}

export type UnmeasuredFacts = Pick<Card, 'classifier' | 'title' | 'version' | 'notes'> & {
  readonly settings: Card['recipe']['settings']
  /** The name of the data that it was trained on. */
  readonly trainedOn: string
  readonly engine?: Card['engine']
}

export const unmeasuredCard = (
  { classifier, title, version, notes, settings, trainedOn, engine = 'onnx' }: UnmeasuredFacts,
  { command, codeVersion, machine, now }: Origin,
  { network, weightBytes }: { readonly network: Network; readonly weightBytes: number },
): Card => ({
  classifier,
  title,
  version,
  created_at: now.toISOString(),
  command,
  seed: 0,
  engine,
  precision: 'float32',
  code_version: codeVersion,
  machine,
  duration_seconds: 0,
  images_per_second: 0,
  peak_memory_mb: 0, // nothing is trained
  recipe: { name: 'import', settings },
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
  notes,
})

export type UnmeasuredNetwork = {
  readonly network: Network
  readonly weights: Weights
  readonly preprocess: Preprocess
  readonly classes: readonly string[]
  /** Receives the network as it is stored. */
  readonly card: (stored: { readonly network: Network; readonly weightBytes: number }) => Card
  /** Measures it with 8-bit numbers; absent: they are not used. */
  readonly int8?: (stored: { readonly network: Network; readonly weights: Weights }) => Promise<Int8Result>
}

const KEY = 'unmeasured'

/** @param out the folder of the bundle
 *  @param engine computes the test inputs that each start of the version is checked by; null for a network whose
 *  last layer is zero, so that every class has the same probability */
export async function writeUnmeasured(
  out: string,
  { network, weights, preprocess, classes, card: cardFor, int8: measuredAs }: UnmeasuredNetwork,
  engine: TrainingEngine | null,
): Promise<Card> {
  const { weightBytes, ...stored } = asStored({ network, weights })
  const int8 = await measuredAs?.(stored)
  const card = {
    ...cardFor({ network: stored.network, weightBytes }),
    ...(int8 && { int8: int8.card }),
  }
  const golden = engine
    ? await computedGolden(stored, preprocess, engine)
    : goldenOf(goldenImages().map(() => new Float32Array(classes.length)))
  const files = { preprocess, classes, card, golden, reference: null, int8: int8?.file ?? null }
  await writeBundle(out, { ...stored, ...files })
  return card
}

async function computedGolden(
  stored: { readonly network: Network; readonly weights: Weights },
  preprocess: Preprocess,
  engine: TrainingEngine,
): Promise<GoldenOutputs> {
  await engine.load(KEY, stored)
  try {
    return goldenOf(await goldenLogits(engine, KEY, preprocess))
  } finally {
    await engine.unload(KEY)
  }
}
