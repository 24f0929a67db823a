/** Opens the classifier on a phone: a QR code of its page, or what has to be changed first. */
import { Card } from '#lib/ui/card.tsx'
import { NotReachable } from '../../../../_components/phone/not-reachable.tsx'
import { QrLink } from '../../../../_components/phone/qr-link.tsx'
import { isOnThisDeviceOnly } from '../address.ts'

export function PhoneCard({ address }: { readonly address: string }) {
  return (
    <Card title="On a phone">
      {isOnThisDeviceOnly(address) ? (
        <NotReachable next="The QR code then appears here." />
      ) : (
        <QrLink
          address={address}
          withoutHttps="You can choose and take photos there. For a live camera image, browsers require HTTPS."
        >
          Scan the code with a phone on the same network. It opens this page:
        </QrLink>
      )}
    </Card>
  )
}
