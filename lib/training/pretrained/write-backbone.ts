/** The default pretrained network as a bundle: the features of MobileNetV3-Small, of an image and of its middle, and
 *  those of the network that ships with the product side by side, because all together are more accurate
 *  (docs/decisions/0023-two-backbones-side-by-side.md, docs/decisions/0057-features-of-the-middle.md). It fetches and
 *  checks nothing. */
import type { Preprocess } from '#lib/contracts/bundle.ts'
import { readBundle } from '#lib/ml/formats/bundle.ts'
import { readGguf } from '#lib/ml/formats/gguf.ts'
import { MOBILENET_SIZE, mobileNetV3Small, weightsFromTorchvision } from '#lib/ml/network/mobilenet-small.ts'
import { sideBySide } from '#lib/ml/network/side-by-side.ts'
import { wholeAndMiddle } from '#lib/ml/network/whole-and-middle.ts'
import {
  unmeasuredCard,
  writeUnmeasured,
  type Origin,
  type UnmeasuredFacts,
} from '../run/seal/unmeasured-card.ts'
import { preprocessFor } from '../shipped/shipped.ts'
import { BACKBONE_FOLDER, BACKBONE_TITLE, BACKBONE_PACKAGE, specifierOf } from './backbone-package.ts'

export type BackboneOrigin = Origin & {
  /** The bundle of the network that ships with the product. */
  readonly ownFolder: string
}

/** The middle of the image that MobileNetV3-Small sees as well, as a share of each side. */
const MIDDLE = 0.7
/** The whole counts twice as much as the middle. A last layer standardises their sum, but distances between images
 *  depend on its scale: at 0.7, they tell foreign images better than at 1. */
const FACTORS = { whole: (0.7 * 2) / 3, middle: 0.7 / 3 } as const
/** It has no classes: its last layer is replaced before anything learns. */
const NO_CLASSES = ['none yet', 'none either']

export async function writeBackbone(
  out: string,
  gguf: Uint8Array,
  { ownFolder, ...origin }: BackboneOrigin,
): Promise<void> {
  const own = await readBundle(ownFolder)
  const mobile = mobileNetV3Small(NO_CLASSES.length)
  const spec = preprocessFor({ size: MOBILENET_SIZE, channels: 3, fit: 'cover' })
  requireSameNumbers(spec, own.preprocess)
  const weights = weightsFromTorchvision(mobile, readGguf(gguf).tensors)
  const seen = wholeAndMiddle({ network: mobile, weights }, { part: MIDDLE, factors: FACTORS })
  const both = sideBySide(
    BACKBONE_FOLDER,
    [
      { name: 'own', network: own.network, weights: own.weights },
      { name: 'mobile', ...seen },
    ],
    NO_CLASSES.length,
  )
  await writeUnmeasured(
    out,
    {
      ...both,
      preprocess: spec,
      classes: NO_CLASSES,
      card: (stored) => unmeasuredCard(FACTS, origin, stored),
    },
    null,
  )
}

const FACTS: UnmeasuredFacts = {
  classifier: BACKBONE_FOLDER,
  title: BACKBONE_TITLE,
  version: 'v1',
  settings: { file: BACKBONE_PACKAGE.weights.file, sha256: BACKBONE_PACKAGE.weights.sha256 },
  trainedOn: 'ImageNet and others',
  notes: [
    `Its features serve the last layers of other classifiers: those of ${BACKBONE_TITLE} (weights of the npm ` +
      `package ${specifierOf(BACKBONE_PACKAGE)}, ${BACKBONE_PACKAGE.license}), of the whole image and its middle, ` +
      'and those of the network that ships with Darkroom, side by side.',
  ],
}

/** Both branches read the same pixels. */
function requireSameNumbers(a: Preprocess, b: Preprocess): void {
  if (a.channels !== b.channels || a.mean.join() !== b.mean.join() || a.std.join() !== b.std.join())
    throw new Error('the network that ships with the product normalises pixels differently')
}
