/** A text as a QR code. */
import encodeQR from 'qr'

/** Modules of empty space around the code, as scanners expect them (ISO/IEC 18004). */
const QUIET_ZONE = 4

/** The dark modules as a path of an SVG of `size` × `size`, one unit per module. */
export function qrCode(text: string): { readonly size: number; readonly path: string } {
  const rows = encodeQR(text, 'raw', { border: QUIET_ZONE })
  const modules = rows.flatMap((row, y) => row.flatMap((isDark, x) => (isDark ? [`M${x} ${y}h1v1h-1z`] : [])))
  return { size: rows.length, path: modules.join('') }
}
