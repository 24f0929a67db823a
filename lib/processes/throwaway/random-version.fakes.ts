/**
 * A classifier with untrained versions: random weights, valid bundles, reference outputs of a real engine.
 */
import type { Card } from '#lib/contracts/bundle.ts'
import type { Data } from '#lib/data/data.ts'
import type { VersionWithCard } from '#lib/data/versions/version-values.ts'
import { openEngine } from '#lib/engines/open-engine.ts'
import { writeBundle } from '#lib/ml/formats/bundle.ts'
import { initialWeights } from '#lib/ml/network/initial-weights.ts'
import { flopsPerImage, layoutOf, parameterCount, type Network } from '#lib/ml/network/network.ts'
import { normalise, preprocess, squareBytes } from '#lib/ml/preprocess/preprocess.ts'
import { fromTfjs, toTfjs } from '#lib/ml/formats/tfjs.ts'
import { goldenOf, goldenImages } from '#lib/training/run/seal/golden.ts'
import { preprocessFor } from '#lib/training/shipped/shipped.ts'

export const CLASSES = ['circle', 'square', 'star'] as const
const INPUT = { size: 32, channels: 3, fit: 'cover' } as const

const NETWORK: Network = {
  name: 'tiny',
  input: INPUT,
  classes: CLASSES.length,
  layers: [
    { name: 'conv', kind: 'conv', kernel: 3, filters: 8, stride: 2 },
    { name: 'norm', kind: 'batchNorm' },
    { name: 'relu', kind: 'relu' },
    { name: 'pool', kind: 'globalAvgPool' },
    { name: 'logits', kind: 'dense', units: CLASSES.length, bias: true },
  ],
}

/**
 * Registers one more version of the classifier, which is created if it does not exist. The version is not
 * promoted.
 */
export async function addRandomVersion(
  data: Data,
  classifierId: string,
  seed: number,
): Promise<VersionWithCard> {
  if ((await data.classifiers.find(classifierId)) === null)
    await data.classifiers.create({
      id: classifierId,
      title: classifierId,
      classes: CLASSES,
      input: INPUT,
      isMirrorable: true,
    })
  const number = await data.versions.nextNumber(classifierId)
  const { modelJson, weightsBin } = toTfjs(layoutOf(NETWORK), initialWeights(NETWORK, seed))
  const stored = fromTfjs(modelJson, weightsBin)
  const spec = preprocessFor(INPUT)
  await using engine = await openEngine('auto', 'inference', { threads: 1 })
  await engine.load('golden', stored)
  const rows: Float32Array[] = []
  for (const { image } of goldenImages()) {
    const pixels = new Float32Array(squareBytes(spec))
    normalise(preprocess(image, spec), spec, pixels)
    rows.push((await engine.run('golden', pixels, 1)).logits.slice())
  }
  const card: Card = {
    classifier: classifierId,
    title: classifierId,
    version: `v${number}`,
    created_at: '2026-01-01T00:00:00.000Z',
    command: 'none',
    seed,
    engine: engine.name,
    precision: 'float32',
    code_version: 'test',
    machine: 'test',
    duration_seconds: 0,
    images_per_second: 0,
    peak_memory_mb: 0,
    recipe: { name: 'none', settings: {} },
    parent: null,
    data: { name: 'none', snapshot: '0'.repeat(64), train: 0, validation: 0, test: 0, test_opened: 0 },
    network: {
      name: NETWORK.name,
      parameters: parameterCount(NETWORK),
      flops: flopsPerImage(NETWORK),
      bytes: weightsBin.length,
    },
    test: null,
    validation: null,
    calibration: null,
    decision: null,
    curves: [],
    best_epoch: 0,
    notes: ['Its weights are random.'],
  }
  await writeBundle(data.versions.folderFor(classifierId, number), {
    ...stored,
    preprocess: spec,
    classes: CLASSES,
    card,
    golden: goldenOf(rows),
    reference: null,
  })
  return data.versions.register({ classifierId, number, runId: null })
}
