/** When and with which camera a JPEG or HEIC was taken: the three or four EXIF tags that say so. It reads no other tag
 *  and no pixel. About 70 lines instead of a package, because every other tag of a parser would be code for untrusted
 *  bytes that nothing here needs. */
import type { Shot } from '#lib/domain/grouping/groups.ts'

/** Exif 2.32, section 4.6. */
const TAG = { maker: 0x010f, model: 0x0110, exif: 0x8769, takenAt: 0x9003, fraction: 0x9291 } as const
const ASCII = 2
/** Segments before the first scan, and entries of a directory: real files have a few dozen. */
const MOST_SEGMENTS = 100
const MOST_ENTRIES = 500
const LONGEST_TEXT = 200

/** Null where the file does not say both. Times have no time zone: only their differences mean something. */
export function shotOf(bytes: Uint8Array): Shot | null {
  const tiff = exifOf(bytes)
  if (tiff === null) return null
  const order = (tiff[0]! << 8) | tiff[1]!
  if (order !== 0x4949 && order !== 0x4d4d) return null
  const isLittle = order === 0x4949
  const view = new DataView(tiff.buffer, tiff.byteOffset, tiff.byteLength)
  if (tiff.length < 8) return null
  const main = directory(view, view.getUint32(4, isLittle), isLittle)
  const exif = main.get(TAG.exif)
  if (!exif) return null
  const inner = directory(view, exif.value, isLittle)
  const camera = [TAG.maker, TAG.model]
    .map((tag) => textOf(view, main.get(tag)))
    .join(' ')
    .trim()
  const takenAtMs = timeOf(textOf(view, inner.get(TAG.takenAt)), textOf(view, inner.get(TAG.fraction)))
  return camera === '' || takenAtMs === null ? null : { takenAtMs, camera }
}

/** The TIFF block of the APP1 segment, or of the Exif item of a HEIC (ISO/IEC 23008-12, annex A); null where there is
 *  none. */
function exifOf(bytes: Uint8Array): Uint8Array | null {
  if (String.fromCharCode(...bytes.subarray(4, 8)) === 'ftyp') {
    // its entry in the list of items has the same name, followed by zeros, but by no TIFF header
    const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    const at = Math.max(...['Exif\0\0II*\0', 'Exif\0\0MM\0*'].map((start) => file.indexOf(start)))
    return at < 0 ? null : bytes.subarray(at + 6)
  }
  if (bytes[0] !== 0xff || bytes[1] !== 0xd8) return null
  for (let at = 2, count = 0; at + 4 <= bytes.length && count < MOST_SEGMENTS; count++) {
    if (bytes[at] !== 0xff || bytes[at + 1] === 0xda) return null
    const length = (bytes[at + 2]! << 8) | bytes[at + 3]!
    const isExif =
      bytes[at + 1] === 0xe1 && String.fromCharCode(...bytes.subarray(at + 4, at + 10)) === 'Exif\0\0'
    if (isExif) return bytes.subarray(at + 10, Math.min(bytes.length, at + 2 + length))
    at += 2 + length
  }
  return null
}

type Entry = { readonly type: number; readonly count: number; readonly value: number; readonly at: number }

/** The entries of an image file directory (TIFF 6.0, section 2). */
function directory(view: DataView, offset: number, isLittle: boolean): ReadonlyMap<number, Entry> {
  const entries = new Map<number, Entry>()
  if (offset + 2 > view.byteLength) return entries
  const count = Math.min(MOST_ENTRIES, view.getUint16(offset, isLittle))
  for (let i = 0; i < count; i++) {
    const at = offset + 2 + i * 12
    if (at + 12 > view.byteLength) break
    entries.set(view.getUint16(at, isLittle), {
      type: view.getUint16(at + 2, isLittle),
      count: view.getUint32(at + 4, isLittle),
      value: view.getUint32(at + 8, isLittle),
      at: at + 8,
    })
  }
  return entries
}

/** Up to four bytes stand in the entry itself. */
function textOf(view: DataView, entry: Entry | undefined): string {
  if (!entry || entry.type !== ASCII) return ''
  const from = entry.count <= 4 ? entry.at : entry.value
  const length = Math.min(entry.count, LONGEST_TEXT, Math.max(0, view.byteLength - from))
  const text = Array.from({ length }, (_, i) => String.fromCharCode(view.getUint8(from + i))).join('')
  return text.split('\0')[0]!.trim()
}

/** @param fraction digits of a fraction of a second */
function timeOf(text: string, fraction: string): number | null {
  const parts = /^(\d{4}):(\d\d):(\d\d) (\d\d):(\d\d):(\d\d)$/.exec(text)
  if (!parts) return null
  const [year, month, day, hour, minute, second] = parts.slice(1).map(Number)
  const milliseconds = /^\d{1,9}$/.test(fraction) ? Math.floor(Number(`0.${fraction}`) * 1_000) : 0
  const time = Date.UTC(year!, month! - 1, day, hour, minute, second, milliseconds)
  // such as that of a camera whose clock was never set; months are counted on, and years below 100 are other ones
  const isReal = new Date(time).toISOString().startsWith(text.slice(0, 10).replaceAll(':', '-'))
  return isReal ? time : null
}
