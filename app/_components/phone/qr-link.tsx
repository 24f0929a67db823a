/** An address as a QR code, and as text to copy, with what a phone does with it. */
import type { ReactNode } from 'react'
import { CopyButton } from '#lib/ui/copy-button.tsx'
import { qrCode } from '../../classifiers/[id]/use/qr-code.ts'
import { QrImage } from './qr-image.tsx'

type QrLinkProps = {
  readonly address: string
  /** What a screen reader calls the address; by default the address itself. */
  readonly name?: string
  /** Shown below an address without HTTPS. */
  readonly withoutHttps: ReactNode
  readonly children: ReactNode
}

export function QrLink({ address, name = address, withoutHttps, children }: QrLinkProps) {
  return (
    <div className="row items-start">
      <QrImage code={qrCode(address)} address={name} />
      <div className="grid min-w-0 flex-1 basis-56 grid-cols-[minmax(0,1fr)] gap-2">
        <p className="small">{children}</p>
        <div className="copyable">
          <code className="command whitespace-pre-wrap [overflow-wrap:anywhere]">{address}</code>
          <CopyButton text={address} label="Copy the address" />
        </div>
        {address.startsWith('http:') && <p className="small muted">{withoutHttps}</p>}
      </div>
    </div>
  )
}
