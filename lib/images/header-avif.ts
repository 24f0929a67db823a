/** The size and depth of an AVIF, from its boxes and from the AV1 sequence headers inside; the larger
 *  size counts, since the decoder uses the latter (ISO/IEC 14496-12 and 23008-12; AV1 bitstream
 *  specification, section 5.5). It reads no pixel. */
import type { ImageHeader } from './image-header.ts'

type Size = { width: number; height: number; depth: number }

/** Boxes that contain boxes, and the number of their own bytes before them. */
const HOLDERS: Readonly<Record<string, number>> = {
  meta: 4,
  iprp: 0,
  ipco: 0,
  moov: 0,
  trak: 0,
  mdia: 0,
  minf: 0,
  stbl: 0,
  stsd: 8,
  av01: 78,
}
const MOST_BOXES = 10_000
/** The maximum number of location tables (a file has one) and of items in each, the limits of libheif
 *  (heif_security_limits). Small boxes that overlap as each other's tables would take minutes. */
const MOST_TABLES = 4
const MOST_ITEMS = 1_000
/** A sequence header is the first unit, or follows a delimiter. */
const MOST_UNITS = 8
const SEQUENCE_HEADER = 1

export function avifHeader(bytes: Uint8Array, view: DataView): Extract<ImageHeader, { kind: 'avif' }> | null {
  const largest: Size = { width: 0, height: 0, depth: 8 }
  const grow = ({ width, height, depth }: Partial<Size>): void => {
    largest.width = Math.max(largest.width, width ?? 0)
    largest.height = Math.max(largest.height, height ?? 0)
    largest.depth = Math.max(largest.depth, depth ?? 0)
  }
  let boxes = 0
  let tables = 0
  const walk = (from: number, to: number): void => {
    for (let at = from; at + 8 <= to && boxes < MOST_BOXES; boxes++) {
      const { name, body, end } = boxAt(view, at, to)
      const holds = HOLDERS[name]
      if (holds !== undefined) walk(body + holds, end)
      else if (name === 'ispe') grow({ width: view.getUint32(body + 4), height: view.getUint32(body + 8) })
      else if (name === 'av1C') {
        grow({ depth: depthOf(view.getUint8(body + 2)) })
        for (const size of sequencesIn(bytes, body + 4, end)) grow(size)
      } else if (name === 'iloc') {
        if (++tables > MOST_TABLES)
          throw new RangeError('AVIF files with that many location tables are not supported.')
        for (const place of placesIn(view, body))
          for (const size of sequencesIn(bytes, place, bytes.length)) grow(size)
      }
      if (end <= at) return
      at = end
    }
  }
  walk(0, bytes.length)
  return largest.width === 0 ? null : { kind: 'avif', ...largest }
}

/** @param to the end of what it is in */
export function boxAt(view: DataView, at: number, to: number): { name: string; body: number; end: number } {
  const size = view.getUint32(at)
  const name = String.fromCharCode(...[4, 5, 6, 7].map((i) => view.getUint8(at + i)))
  if (size === 1) return { name, body: at + 16, end: Math.min(to, at + Number(view.getBigUint64(at + 8))) }
  return { name, body: at + 8, end: size === 0 ? to : Math.min(to, at + size) }
}

const depthOf = (flags: number): number => {
  if ((flags & 0x40) === 0) return 8
  return (flags & 0x20) === 0 ? 10 : 12
}

/** Where the data of each item starts (ISO/IEC 14496-12, section 8.11.3); items inside other boxes are left
 *  out. */
function placesIn(view: DataView, body: number): number[] {
  const version = view.getUint8(body)
  const sizes = view.getUint16(body + 4)
  const number = (at: number, bytes: number): number => {
    if (bytes === 8) return Number(view.getBigUint64(at))
    return bytes === 4 ? view.getUint32(at) : 0
  }
  const [offsetBytes, lengthBytes, baseBytes] = [sizes >> 12, (sizes >> 8) & 15, (sizes >> 4) & 15]
  const indexBytes = version === 0 ? 0 : sizes & 15
  const idBytes = version < 2 ? 2 : 4
  const items = version < 2 ? view.getUint16(body + 6) : view.getUint32(body + 6)
  if (items > MOST_ITEMS) throw new RangeError('AVIF files with that many items are not supported.')
  const places: number[] = []
  let at = body + 6 + idBytes
  for (let i = 0; i < items; i++) {
    at += idBytes
    const isInFile = version === 0 || (view.getUint16(at) & 15) === 0
    at += (version === 0 ? 0 : 2) + 2
    const base = number(at, baseBytes)
    const extents = view.getUint16(at + baseBytes)
    at += baseBytes + 2
    if (isInFile && extents > 0) places.push(base + number(at + indexBytes, offsetBytes))
    at += extents * (indexBytes + offsetBytes + lengthBytes)
  }
  return places
}

/** Open bitstream units (section 5.3): a header, a length in 7-bit groups, the content. */
function* sequencesIn(bytes: Uint8Array, from: number, to: number): Generator<Size> {
  let at = from
  for (let unit = 0; unit < MOST_UNITS && at < to; unit++) {
    const header = bytes[at]!
    if ((header & 0x80) !== 0 || (header & 0x02) === 0) return // forbidden bit, or no length: no unit starts here
    at += (header & 0x04) === 0 ? 1 : 2
    let length = 0
    for (let shift = 0; shift < 35; shift += 7) {
      const group = bytes[at++] ?? 0
      length += (group & 0x7f) * 2 ** shift
      if (group < 0x80) break
    }
    if (((header >> 3) & 15) === SEQUENCE_HEADER) yield sequenceSize(bytes.subarray(at, at + length))
    at += length
  }
}

/** The fields of a sequence header up to its frame size, in the order of section 5.5.1. */
function sequenceSize(unit: Uint8Array): Size {
  let at = 0
  const bits = (count: number): number => {
    let value = 0
    for (let i = 0; i < count; i++, at++) value = value * 2 + (((unit[at >> 3] ?? 0) >> (7 - (at & 7))) & 1)
    return value
  }
  const variable = (): void => {
    let zeros = 0
    while (zeros < 32 && bits(1) === 0) zeros++
    bits(zeros)
  }
  const profile = bits(3)
  bits(1)
  if (bits(1) === 1) bits(5)
  else {
    const hasTiming = bits(1) === 1
    if (hasTiming) {
      bits(64)
      if (bits(1) === 1) variable()
    }
    const hasModel = hasTiming && bits(1) === 1
    const delayBits = hasModel ? bits(5) + 1 : 0
    if (hasModel) bits(42)
    const hasDelay = bits(1) === 1
    const points = bits(5) + 1
    for (let i = 0; i < points; i++) {
      bits(12)
      if (bits(5) > 7) bits(1)
      if (hasModel && bits(1) === 1) bits(2 * delayBits + 1)
      if (hasDelay && bits(1) === 1) bits(4)
    }
  }
  const widthBits = bits(4) + 1
  const heightBits = bits(4) + 1
  return { width: bits(widthBits) + 1, height: bits(heightBits) + 1, depth: profile === 2 ? 10 : 8 }
}
