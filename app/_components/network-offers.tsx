/** The pretrained networks that are not installed, each with its download, as a fold. Renders nothing where there are
 *  none. */
import type { NetworkAnswer } from '#lib/contracts/backbones.ts'
import { NetworkOffer } from './network-offer.tsx'

export function NetworkOffers({ networks }: { readonly networks: readonly NetworkAnswer[] }) {
  const offered = networks.filter(({ state }) => state !== 'installed')
  if (offered.length === 0) return null
  return (
    <details>
      <summary className="small">More accurate pretrained networks</summary>
      <ul className="mt-4 grid gap-4">
        {offered.map((network) => (
          <NetworkOffer key={network.name} network={network} />
        ))}
      </ul>
    </details>
  )
}
