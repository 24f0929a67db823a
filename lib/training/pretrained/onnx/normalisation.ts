/** The ways in which other programs turn pixels into numbers: value = (byte / 255 − mean) / std, per channel. An ONNX
 *  file does not say which of them its network was trained with. */
import type { Preprocess } from '#lib/contracts/bundle.ts'
import type { Normalisation } from '#lib/contracts/backbones.ts'
import type { ForeignImage } from '#lib/ml/onnx/foreign-model.ts'

type Numbers = { readonly mean: readonly number[]; readonly std: readonly number[] }

const grey = (mean: number, std: number): Numbers => ({ mean: [mean, mean, mean], std: [std, std, std] })

const NUMBERS: Readonly<Record<Normalisation, Numbers>> = {
  // mean and deviation of the training images of ImageNet; torchvision, timm, DINOv2
  imagenet: { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] },
  // those of the training images of CLIP (OpenAI)
  clip: { mean: [0.48145466, 0.4578275, 0.40821073], std: [0.26862954, 0.26130258, 0.27577711] },
  '0..1': grey(0, 1),
  '-1..1': grey(0.5, 0.5),
  '0..255': grey(0, 1 / 255),
}

/** A grey image takes the first number of each. */
export function preprocessOf(
  { size, channels }: Pick<ForeignImage, 'size' | 'channels'>,
  normalisation: Normalisation,
): Preprocess {
  const { mean, std } = NUMBERS[normalisation]
  return {
    size,
    channels,
    fit: 'cover',
    background: channels === 1 ? [0, 0, 0] : [255, 255, 255],
    resize: 'lanczos3',
    mean: mean.slice(0, channels),
    std: std.slice(0, channels),
  }
}
