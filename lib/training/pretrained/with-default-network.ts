/** A pretrained network side by side with the default one: both together distinguish few images better than either
 *  (docs/decisions/0041-catalogue-networks-with-the-default.md). It fetches and writes nothing. */
import type { Preprocess } from '#lib/contracts/bundle.ts'
import { isOnnxBundle, readBundle } from '#lib/ml/formats/bundle.ts'
import type { Network, Weights } from '#lib/ml/network/network.ts'
import { sideBySide } from '#lib/ml/network/side-by-side.ts'

export type NetworkInLayers = {
  readonly network: Network
  readonly weights: Weights
  readonly preprocess: Preprocess
}

/** It has no classes: its last layer is replaced before anything learns. */
const OUTPUTS = 2

/** @param defaultFolder the folder of the default network, with its version
 *  @returns null where the two cannot be one network: for images of other channels, or where either is not in layers */
export async function withDefaultNetwork(
  { network, weights, preprocess }: NetworkInLayers,
  defaultFolder: string,
): Promise<NetworkInLayers | null> {
  if (await isOnnxBundle(defaultFolder)) return null
  if (network.layers.some(({ kind }) => kind === 'graph')) return null
  const standard = await readBundle(defaultFolder)
  if (standard.preprocess.channels !== preprocess.channels) return null
  const size = Math.max(standard.preprocess.size, preprocess.size)
  const both = sideBySide(
    network.name,
    [
      { name: 'default', network: standard.network, weights: standard.weights },
      { name: 'stronger', network, weights, ...pixelsOf(preprocess, standard.preprocess) },
    ],
    OUTPUTS,
  )
  return { ...both, preprocess: { ...standard.preprocess, size } }
}

/** (p − m) / s from x = (p − M) / S: x · S / s + (M − m) / s. */
function pixelsOf(
  own: Preprocess,
  whole: Preprocess,
): { readonly pixels?: { readonly scale: readonly number[]; readonly offset: readonly number[] } } {
  if (own.mean.join() === whole.mean.join() && own.std.join() === whole.std.join()) return {}
  return {
    pixels: {
      scale: own.std.map((std, channel) => whole.std[channel]! / std),
      offset: own.std.map((std, channel) => (whole.mean[channel]! - own.mean[channel]!) / std),
    },
  }
}
