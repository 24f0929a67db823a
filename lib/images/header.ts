/** Reads an image's header: its size, and the properties that determine the memory of its decoder. Only from the
 *  bytes, in microseconds. It decodes nothing and refuses nothing; a header that cannot be read is
 *  null, and the decoder judges the image. */
import { readBmpHeader } from './bmp.ts'
import { avifHeader } from './header-avif.ts'
import { heicHeader } from './header-heic.ts'
import { tiffHeader } from './header-tiff.ts'
import type { ImageHeader } from './image-header.ts'
import type { ImageKind } from './sniff.ts'

type Header<K extends ImageKind> = Extract<ImageHeader, { kind: K }>

/** The limit of counting: more scans make no difference. */
const MOST_SCANS = 1_000
/** Before the first scan; a photograph has about twenty. */
const MOST_SEGMENTS = 10_000
/** sharp reads JPEGs with one, three or four. */
const MOST_COMPONENTS = 4

const READERS: { readonly [K in ImageKind]: (bytes: Uint8Array, view: DataView) => Header<K> | null } = {
  png: pngHeader,
  jpeg: jpegHeader,
  gif: gifHeader,
  webp: webpHeader,
  tiff: tiffHeader,
  avif: avifHeader,
  heic: heicHeader,
  bmp: bmpHeader,
}

export function readHeader(bytes: Uint8Array, kind: ImageKind): ImageHeader | null {
  try {
    const header = READERS[kind](bytes, new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength))
    return header !== null && header.width > 0 && header.height > 0 ? header : null
  } catch (error) {
    if (error instanceof RangeError) return null // the file ends within its header
    throw error
  }
}

const PNG_CHANNELS: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 3, 4: 2, 6: 4 }

/** PNG specification 1.2, section 11.2.2. A palette with transparency is decoded to four channels. */
function pngHeader(bytes: Uint8Array, view: DataView): Header<'png'> | null {
  const channels = PNG_CHANNELS[bytes[25]!]
  if (channels === undefined || view.getUint32(12) !== 0x49484452) return null
  const hasPalette = bytes[25] === 3
  return {
    kind: 'png',
    width: view.getUint32(16),
    height: view.getUint32(20),
    pixelBytes: (hasPalette ? 4 : channels) * (bytes[24] === 16 ? 2 : 1),
    isInterlaced: bytes[28] !== 0,
  }
}

const isFrame = (marker: number): boolean =>
  marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)
const PROGRESSIVE: readonly number[] = [0xc2, 0xc6, 0xca, 0xce]

/** ITU-T T.81, annex B: markers up to the first scan. A second frame, or one with many components, is left to the
 *  decoder to refuse, because reading millions of them would block the process for minutes. */
function jpegHeader(bytes: Uint8Array, view: DataView): Header<'jpeg'> | null {
  let frame: {
    width: number
    height: number
    components: number
    coefficientsPerPixel: number
    isProgressive: boolean
  } | null = null
  for (let at = 2, count = 0; at + 4 <= bytes.length && count < MOST_SEGMENTS; count++) {
    if (bytes[at] !== 0xff) return null
    const marker = bytes[at + 1]!
    if (marker === 0xff || marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8)) {
      at += marker === 0xff ? 1 : 2
      continue
    }
    if (isFrame(marker)) {
      const components = bytes[at + 9]!
      if (frame !== null || components > MOST_COMPONENTS) return null
      const factors = Array.from(
        { length: components },
        (_, i) => [view.getUint8(at + 11 + i * 3) >> 4, view.getUint8(at + 11 + i * 3) & 15] as const,
      )
      const largest =
        Math.max(...factors.map(([across]) => across)) * Math.max(...factors.map(([, down]) => down))
      const blocks = factors.reduce((sum, [across, down]) => sum + across * down, 0)
      frame = {
        height: view.getUint16(at + 5),
        width: view.getUint16(at + 7),
        components,
        coefficientsPerPixel: blocks / largest,
        isProgressive: PROGRESSIVE.includes(marker),
      }
    }
    if (marker === 0xda) {
      if (frame === null) return null
      const { width, height, coefficientsPerPixel, components, isProgressive } = frame
      const isBuffered = isProgressive || bytes[at + 4]! < components
      return {
        kind: 'jpeg',
        width,
        height,
        coefficientsPerPixel,
        isBuffered,
        scans: isBuffered ? scansFrom(bytes, at) : 1,
      }
    }
    at += 2 + view.getUint16(at + 2)
  }
  return null
}

const START_OF_SCAN = Uint8Array.of(0xff, 0xda)

function scansFrom(bytes: Uint8Array, first: number): number {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let scans = 0
  for (let at = first; at >= 0 && scans < MOST_SCANS; at = file.indexOf(START_OF_SCAN, at + 2)) scans += 1
  return scans
}

/** GIF89a, sections 18 to 20: the screen, or the first image when it extends further. */
function gifHeader(bytes: Uint8Array, view: DataView): Header<'gif'> | null {
  const colours = (flags: number): number => ((flags & 0x80) === 0 ? 0 : 3 * 2 ** ((flags & 7) + 1))
  const screen = { width: view.getUint16(6, true), height: view.getUint16(8, true) }
  for (let at = 13 + colours(bytes[10]!); at < bytes.length;) {
    if (bytes[at] === 0x2c) {
      const [left, top, width, height] = [1, 3, 5, 7].map((offset) => view.getUint16(at + offset, true)) as [
        number,
        number,
        number,
        number,
      ]
      return {
        kind: 'gif',
        width: Math.max(screen.width, left + width),
        height: Math.max(screen.height, top + height),
      }
    }
    if (bytes[at] !== 0x21) return null
    for (at += 2; view.getUint8(at) !== 0; at += 1 + bytes[at]!);
    at += 1
  }
  return null
}

/** RFC 9649: the canvas of the extended form, or the frame when it is larger. */
function webpHeader(bytes: Uint8Array, view: DataView): Header<'webp'> | null {
  const webp = { kind: 'webp', width: 0, height: 0, isLossless: false, hasAlpha: false, isAnimated: false }
  const MOST_CHUNKS = 1_000 // of metadata before the image
  for (let at = 12, count = 0; at + 8 <= bytes.length && count < MOST_CHUNKS; count++) {
    const name = String.fromCharCode(...bytes.subarray(at, at + 4))
    const body = at + 8
    if (name === 'VP8X') {
      const flags = view.getUint8(body)
      webp.hasAlpha = (flags & 0x10) !== 0
      webp.isAnimated = (flags & 0x02) !== 0
      webp.width = 1 + uint24(view, body + 4)
      webp.height = 1 + uint24(view, body + 7)
    }
    if (name === 'ALPH') webp.hasAlpha = true
    if (name === 'VP8 ' || name === 'VP8L') {
      const packed = view.getUint32(body + (name === 'VP8 ' ? 6 : 1), true)
      webp.isLossless = name === 'VP8L'
      webp.width = Math.max(webp.width, name === 'VP8 ' ? packed & 0x3fff : (packed & 0x3fff) + 1)
      webp.height = Math.max(
        webp.height,
        name === 'VP8 ' ? (packed >>> 16) & 0x3fff : ((packed >>> 14) & 0x3fff) + 1,
      )
      return webp as Header<'webp'> // every field is set above
    }
    if (name === 'ANMF') return webp as Header<'webp'> // frames are inside the canvas
    const size = view.getUint32(at + 4, true)
    at = body + size + (size % 2)
  }
  return null
}

const uint24 = (view: DataView, at: number): number =>
  view.getUint16(at, true) | (view.getUint8(at + 2) << 16)

function bmpHeader(bytes: Uint8Array): Header<'bmp'> | null {
  const head = readBmpHeader(bytes)
  return typeof head === 'string'
    ? null
    : {
        kind: 'bmp',
        width: head.width,
        height: head.height,
        isRunLength: head.compression === 1 || head.compression === 2,
      }
}
