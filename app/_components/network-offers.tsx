/** The pretrained networks that are not installed, each with its download, as a fold. Renders nothing where there are
 *  none. */
import type { NetworkAnswer } from '#lib/contracts/backbones.ts'
import { NetworkOffer } from './network-offer.tsx'

type NetworkOffersProps = {
  readonly networks: readonly NetworkAnswer[]
  /** Unfolded where choosing a network is what the person came for. */
  readonly isOpen?: boolean
}

export function NetworkOffers({ networks, isOpen = false }: NetworkOffersProps) {
  const offered = networks.filter(({ state }) => state !== 'installed')
  if (offered.length === 0) return null
  return (
    <details open={isOpen}>
      <summary className="small">More accurate pretrained networks</summary>
      <ul className="mt-4 grid gap-4">
        {offered.map((network) => (
          <NetworkOffer key={network.name} network={network} />
        ))}
      </ul>
    </details>
  )
}
