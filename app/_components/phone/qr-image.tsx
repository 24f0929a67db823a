/** A QR code as an image. */
import type { qrCode } from '../../classifiers/[id]/use/qr-code.ts'

export function QrImage({
  code: { size, path },
  address,
}: {
  readonly code: ReturnType<typeof qrCode>
  readonly address: string
}) {
  return (
    <svg
      role="img"
      aria-label={`QR code of ${address}`}
      className="h-44 w-44 shrink-0 rounded bg-white"
      viewBox={`0 0 ${size} ${size}`}
      shapeRendering="crispEdges"
    >
      <path d={path} fill="#000" />
    </svg>
  )
}
