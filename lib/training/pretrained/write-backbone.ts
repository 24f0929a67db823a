/** The default pretrained network as a bundle: the features of MobileNetV3-Small and of the network that ships with
 *  the product side by side, because both together are more accurate than either
 *  (docs/decisions/0023-two-backbones-side-by-side.md). It fetches and checks nothing. */
import type { Card, Preprocess } from '#lib/contracts/bundle.ts'
import { readBundle, writeBundle } from '#lib/ml/formats/bundle.ts'
import { readGguf } from '#lib/ml/formats/gguf.ts'
import { fromTfjs, toTfjs } from '#lib/ml/formats/tfjs.ts'
import { MOBILENET_SIZE, mobileNetV3Small, weightsFromTorchvision } from '#lib/ml/network/mobilenet-small.ts'
import { flopsPerImage, parameterCount } from '#lib/ml/network/network.ts'
import { sideBySide } from '#lib/ml/network/side-by-side.ts'
import { goldenOf, goldenImages } from '../run/seal/golden.ts'
import { preprocessFor } from '../shipped/shipped.ts'
import { BACKBONE_FOLDER, BACKBONE_TITLE, BACKBONE_PACKAGE, specifierOf } from './backbone-package.ts'

export type BackboneOrigin = {
  /** The bundle of the network that ships with the product. */
  readonly ownFolder: string
  readonly command: string
  readonly codeVersion: string
  readonly machine: string
  readonly now: Date
}

/** It has no classes: its last layer is replaced before anything learns. */
const NO_CLASSES = ['none yet', 'none either']

export async function writeBackbone(
  out: string,
  gguf: Uint8Array,
  { ownFolder, command, codeVersion, machine, now }: BackboneOrigin,
): Promise<void> {
  const own = await readBundle(ownFolder)
  const mobile = mobileNetV3Small(NO_CLASSES.length)
  const spec = preprocessFor({ size: MOBILENET_SIZE, channels: 3, fit: 'cover' })
  requireSameNumbers(spec, own.preprocess)
  const { network, weights } = sideBySide(
    BACKBONE_FOLDER,
    [
      { name: 'own', network: own.network, weights: own.weights },
      { name: 'mobile', network: mobile, weights: weightsFromTorchvision(mobile, readGguf(gguf).tensors) },
    ],
    NO_CLASSES.length,
  )
  const { modelJson, weightsBin } = toTfjs(network, weights)
  const stored = fromTfjs(modelJson, weightsBin)
  const card: Card = {
    classifier: BACKBONE_FOLDER,
    title: BACKBONE_TITLE,
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
    recipe: {
      name: 'import',
      settings: { file: BACKBONE_PACKAGE.weights.file, sha256: BACKBONE_PACKAGE.weights.sha256 },
    },
    parent: null,
    data: { name: 'ImageNet and others', snapshot: '', train: 0, validation: 0, test: 0, test_opened: 0 },
    network: {
      name: network.name,
      parameters: parameterCount(network),
      flops: flopsPerImage(network),
      bytes: weightsBin.length,
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
    notes: [
      `Its features serve the last layers of other classifiers: those of ${BACKBONE_TITLE} (weights of the npm ` +
        `package ${specifierOf(BACKBONE_PACKAGE)}, ${BACKBONE_PACKAGE.license}) and those of the network that ships ` +
        'with Darkroom, side by side.',
    ],
  }
  await writeBundle(out, {
    ...stored,
    preprocess: spec,
    classes: NO_CLASSES,
    card,
    // the last layer is zero, so every class has the same probability
    golden: goldenOf(goldenImages().map(() => new Float32Array(NO_CLASSES.length))),
    reference: null,
  })
}

/** Both branches read the same pixels. */
function requireSameNumbers(a: Preprocess, b: Preprocess): void {
  if (a.channels !== b.channels || a.mean.join() !== b.mean.join() || a.std.join() !== b.std.join())
    throw new Error('the network that ships with the product normalises pixels differently')
}
