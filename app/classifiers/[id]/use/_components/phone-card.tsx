/** Opens the classifier on a phone: a QR code of its page, or what has to be changed first. */
import { Card } from '#lib/ui/card.tsx'
import { CopyButton } from '#lib/ui/copy-button.tsx'
import { isOnThisDeviceOnly } from '../address.ts'
import { qrCode } from '../qr-code.ts'

export function PhoneCard({ address }: { readonly address: string }) {
  return (
    <Card title="On a phone">
      {isOnThisDeviceOnly(address) ? <NotReachable /> : <Code address={address} />}
    </Card>
  )
}

function Code({ address }: { readonly address: string }) {
  const { size, path } = qrCode(address)
  return (
    <div className="row items-start">
      <svg
        role="img"
        aria-label={`QR code of ${address}`}
        className="h-44 w-44 shrink-0 rounded bg-white"
        viewBox={`0 0 ${size} ${size}`}
        shapeRendering="crispEdges"
      >
        <path d={path} fill="#000" />
      </svg>
      <div className="grid min-w-0 flex-1 basis-56 grid-cols-[minmax(0,1fr)] gap-2">
        <p className="small">
          Scan the code with the camera of a phone in the same network. It opens this page:
        </p>
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

function NotReachable() {
  return (
    <div className="small grid gap-2">
      <p>You opened Darkroom at an address that works on this computer only, so a phone cannot reach it.</p>
      <ol className="list-decimal pl-5">
        <li>
          Add the line <code>HOST=0.0.0.0</code> to the file <code>.env</code> in the folder of Darkroom, and
          restart Darkroom.
        </li>
        <li>
          Open this page at the address of the computer in your network, such as{' '}
          <code>http://192.168.1.20:3000</code>. The QR code then appears here.
        </li>
      </ol>
    </div>
  )
}
