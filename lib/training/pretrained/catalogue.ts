/** The pretrained networks that Darkroom knows how to get, as data: what each is, where its maker offers it, and how it
 *  is read. Nothing is downloaded before a person asks for it, or `BACKBONE` names it. */
import { CATALOGUE_NAMES, type CatalogueName, type Normalisation } from '#lib/contracts/backbones.ts'
import type { ReadingMethod } from '#lib/ml/network/network.ts'
import type { TimmName } from '#lib/ml/network/timm-network.ts'
import { MOBILENET_V2_035 } from '../features/known-networks.ts'

export type CatalogueEntry = {
  readonly title: string
  /** Completes "a network trained on …". */
  readonly trainedOn: string
  readonly license: string
  /** The folder at the maker's; `BACKBONE_MIRROR` takes its place. */
  readonly address: string
  /** In it; of a network in layers, the one that names the others. */
  readonly file: string
  /** All files together. */
  readonly bytes: number
  /** SHA-256 of the contents that are accepted: of an ONNX or safetensors file itself, of the weights of a network in
   *  layers. Empty: not known here; the first download decides, and later ones must equal it. */
  readonly checksums: readonly string[]
  /** As its maker states it. */
  readonly published: string
  /** Pixels of the side. */
  readonly size: number
  readonly content: CatalogueContent
}

export type CatalogueContent =
  /** The layers format of TensorFlow.js: model.json and its weights. */
  | { readonly kind: 'layers'; readonly pixels: '-1..1' | '0..1' }
  | {
      readonly kind: 'onnx'
      readonly normalisation: Normalisation
      readonly value: string
      readonly reading: ReadingMethod
    }
  /** Tensors of PyTorch's timm collection. */
  | { readonly kind: 'timm'; readonly network: TimmName }

const IMAGENET = '1.28 million photographs (ImageNet)'

/** What these have in common. */
const TIMM = {
  trainedOn: IMAGENET,
  license: 'Apache-2.0',
  file: 'model.safetensors',
  checksums: [],
  size: 224,
} as const

export const CATALOGUE: Readonly<Record<CatalogueName, CatalogueEntry>> = {
  'mobilenet-v2-035': {
    title: 'MobileNetV2 0.35',
    trainedOn: IMAGENET,
    license: 'Apache-2.0',
    // without its head it ends in feature maps of 7 × 7 × 1,280; models of Teachable Machine start with it
    address:
      'https://storage.googleapis.com/teachable-machine-models/mobilenet_v2_weights_tf_dim_ordering_tf_kernels_0.35_224_no_top',
    file: 'model.json',
    bytes: 1_740_000,
    checksums: [MOBILENET_V2_035],
    published: '60.3 % of ImageNet (Keras Applications)',
    size: 224,
    content: { kind: 'layers', pixels: '-1..1' },
  },
  'mobilenet-v2': {
    ...TIMM,
    title: 'MobileNetV2 1.0',
    address: 'https://huggingface.co/timm/mobilenetv2_100.ra_in1k/resolve/main',
    bytes: 14_200_000,
    published: '73.0 % of ImageNet (timm)',
    content: { kind: 'timm', network: 'mobilenet-v2' },
  },
  'mobilenet-v3-large': {
    ...TIMM,
    title: 'MobileNetV3-Large',
    address: 'https://huggingface.co/timm/mobilenetv3_large_100.ra_in1k/resolve/main',
    bytes: 22_100_000,
    published: '75.8 % of ImageNet (timm)',
    content: { kind: 'timm', network: 'mobilenet-v3-large' },
  },
  'efficientnet-lite0': {
    ...TIMM,
    title: 'EfficientNet-Lite0',
    address: 'https://huggingface.co/timm/efficientnet_lite0.ra_in1k/resolve/main',
    bytes: 18_800_000,
    published: '75.5 % of ImageNet (timm)',
    content: { kind: 'timm', network: 'efficientnet-lite0' },
  },
  'dinov2-small': {
    title: 'DINOv2 ViT-S/14',
    trainedOn: '142 million photographs (LVD-142M), without labels',
    license: 'Apache-2.0',
    address: 'https://huggingface.co/onnx-community/dinov2-small/resolve/main',
    file: 'onnx/model.onnx',
    bytes: 88_600_000,
    checksums: [],
    published: '81.1 % of ImageNet with a last layer on its features (Oquab et al. 2023)',
    size: 224,
    content: {
      kind: 'onnx',
      normalisation: 'imagenet',
      value: 'last_hidden_state',
      reading: 'first-token',
    },
  },
}

export const isInCatalogue = (name: string): name is CatalogueName =>
  CATALOGUE_NAMES.some((known) => known === name)

/** The server that the address names, as people read it. */
export const hostOf = ({ address }: CatalogueEntry): string => new URL(address).host
