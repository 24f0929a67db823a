/** Where a network is split when only its upper part is trained. It freezes nothing itself; a learner does
 *  (`frozenThrough`). */
import type { Network } from './network.ts'

/** The last frozen layer when this share of the layers with kernels, from the top, is trained; at least the last
 *  one is. */
export function frozenBelow(network: Network, share: number): string | undefined {
  const withKernel = network.layers.flatMap((layer, index) =>
    layer.kind === 'conv' || layer.kind === 'depthwise' || layer.kind === 'dense' ? [index] : [],
  )
  const learning = Math.max(1, Math.min(withKernel.length, Math.round(share * withKernel.length)))
  const first = withKernel[withKernel.length - learning]!
  return network.layers[first - 1]?.name
}
