/** Opens the classifier on a phone: a QR code of its page, or what has to be changed first. */
import { Card } from '#lib/ui/card.tsx'
import { CopyButton } from '#lib/ui/copy-button.tsx'
import { NotReachable } from '../../../../_components/phone/not-reachable.tsx'
import { QrImage } from '../../../../_components/phone/qr-image.tsx'
import { isOnThisDeviceOnly } from '../address.ts'
import { qrCode } from '../qr-code.ts'

export function PhoneCard({ address }: { readonly address: string }) {
  return (
    <Card title="On a phone">
      {isOnThisDeviceOnly(address) ? (
        <NotReachable next="The QR code then appears here." />
      ) : (
        <Code address={address} />
      )}
    </Card>
  )
}

function Code({ address }: { readonly address: string }) {
  return (
    <div className="row items-start">
      <QrImage code={qrCode(address)} address={address} />
      <div className="grid min-w-0 flex-1 basis-56 grid-cols-[minmax(0,1fr)] gap-2">
        <p className="small">Scan the code with a phone on the same network. It opens this page:</p>
        <div className="copyable">
          <code className="command whitespace-pre-wrap [overflow-wrap:anywhere]">{address}</code>
          <CopyButton text={address} label="Copy the address" />
        </div>
        {address.startsWith('http:') && (
          <p className="small muted">
            You can choose and take photos there. For a live camera image, browsers require HTTPS.
          </p>
        )}
      </div>
    </div>
  )
}
