/** What the boxes of a HEIC say: its size, what its decoder will need, and its colour profile (ISO/IEC 14496-12 and
 *  23008-12). The size of the stream inside may be another; decode-heic.ts limits the memory of the decoder to what
 *  this one needs. It reads no pixel. */
import { boxAt } from './header-avif.ts'
import type { ImageHeader } from './image-header.ts'

type HeicHeader = Extract<ImageHeader, { kind: 'heic' }>

/** Boxes that contain boxes, and the number of their own bytes before them. */
const HOLDERS: Readonly<Record<string, number>> = { meta: 4, iprp: 0, ipco: 0 }
const MOST_BOXES = 10_000

function* boxesIn(
  view: DataView,
): Generator<{ readonly name: string; readonly body: number; readonly end: number }> {
  // without recursion: generators in each other, thousands deep, would take seconds
  const ends = [view.byteLength]
  for (let at = 0, boxes = 0; boxes < MOST_BOXES; boxes++) {
    while (ends.length > 0 && at + 8 > ends.at(-1)!) at = ends.pop()!
    const to = ends.at(-1)
    if (to === undefined) return
    const box = boxAt(view, at, to)
    yield box
    const holds = HOLDERS[box.name]
    if (box.end <= at) at = to
    else if (holds === undefined) at = box.end
    else {
      ends.push(box.end)
      at = box.body + holds
    }
  }
}

/** The largest of its images: that of a grid of tiles is as large as all of them. */
export function heicHeader(_bytes: Uint8Array, view: DataView): HeicHeader | null {
  const header = { width: 0, height: 0, depth: 8, isFull: false }
  for (const { name, body } of boxesIn(view))
    switch (name) {
      case 'ispe':
        header.width = Math.max(header.width, view.getUint32(body + 4))
        header.height = Math.max(header.height, view.getUint32(body + 8))
        break
      case 'hvcC': // section 8.3.3.1 of ISO/IEC 14496-15
        header.depth = Math.max(
          header.depth,
          8 + (view.getUint8(body + 17) & 7),
          8 + (view.getUint8(body + 18) & 7),
        )
        if ((view.getUint8(body + 16) & 3) > 1) header.isFull = true
        break
      case 'auxC':
        header.isFull = true
        break
      default:
    }
  return header.width === 0 ? null : { kind: 'heic', ...header }
}

/** The ICC profile of the first image that has one: phones write Display P3. */
export function heicProfile(bytes: Uint8Array): Uint8Array | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  for (const { name, body, end } of boxesIn(view)) {
    if (name !== 'colr' || end > bytes.length || end - body < 4) continue
    const kind = String.fromCharCode(...bytes.subarray(body, body + 4))
    if (kind === 'prof' || kind === 'rICC') return bytes.subarray(body + 4, end)
  }
  return null
}
