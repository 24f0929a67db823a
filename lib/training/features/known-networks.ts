/** Third-party networks that the product recognises by the digest of their weights, with the pixel range that
 *  they expect. Other networks can be imported as well, with a range given by the user. None ships with the
 *  product. */
import { createHash } from 'node:crypto'
import type { KerasModel } from '#lib/ml/formats/keras-model.ts'
import { weightSpecs } from '#lib/ml/network/network.ts'
import type { PixelRange } from '../import/import-model.ts'

export type KnownNetwork = { readonly title: string; readonly pixels: PixelRange }

export const MOBILENET_V2_035 = '4c068d62055d325fd4dcef9713ed591427a443d805461056b53015fb263e34d1'

/** By the digest of their weights. Both are Google's MobileNetV2 (Sandler et al. 2018, arXiv:1801.04381),
 *  trained on ImageNet; Apache-2.0. */
const KNOWN: Readonly<Record<string, KnownNetwork>> = {
  // converted from google-coral/test_data, mobilenet_v2_1.0_224_quant.tflite; batch norm folded, 8-bit
  // weights
  '8531c73f4c391c4ca53514724f82150869df529317ecea98c03717556e7f5a9c': {
    title: 'MobileNetV2 1.0, 8 bit',
    pixels: '-1..1',
  },
  // the frozen base of each image model that Teachable Machine exports
  [MOBILENET_V2_035]: { title: 'MobileNetV2 0.35', pixels: '-1..1' },
}

export const knownNetwork = (model: KerasModel): KnownNetwork | null => KNOWN[digestOf(model)] ?? null

/** SHA-256 over all float32 weights in the network's own order, so that names, files and their order do not
 *  matter. */
export function digestOf({ network, weights }: KerasModel): string {
  const digest = createHash('sha256')
  for (const { name } of weightSpecs(network))
    digest.update(new Uint8Array(weights[name]!.buffer, weights[name]!.byteOffset, weights[name]!.byteLength))
  return digest.digest('hex')
}
