/** Networks of others that this product knows by the checksum of their weights: what they are and how they want their pixels. Others can be
 *  imported as well; of them it is not known. None of them ships with the product. */
import type { PixelRange } from './import-model.ts'

/** Under DATA_DIR: networks that a person brought for their features. */
export const BODIES_FOLDER = 'bodies'

export type KnownNetwork = { readonly title: string; readonly pixels: PixelRange }

/** By sha256 of weights.bin. Both are Google's MobileNetV2 (Sandler et al. 2018, arXiv:1801.04381), learnt on ImageNet; Apache-2.0. */
const KNOWN: Readonly<Record<string, KnownNetwork>> = {
  // converted from google-coral/test_data, mobilenet_v2_1.0_224_quant.tflite; batch norm folded, 8-bit weights
  '2df28fdc94b9f6f2c2950a8cd908e7a4afb987946c72a0ff5644c9fbab1fd0fd': { title: 'MobileNetV2 1.0, 8 bit', pixels: '-1..1' },
  // the frozen base in each image model that Teachable Machine exports
  'e159deb3afa15bc63a53edb3eb31d0d6de1a25f0d8d72d9b8372b5088a902a8a': { title: 'MobileNetV2 0.35', pixels: '-1..1' },
}

export const knownNetwork = (sha256: string): KnownNetwork | null => KNOWN[sha256] ?? null
