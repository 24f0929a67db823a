/** Untrusted bytes → an image, or a refusal with its reason: size and memory are checked before pixels; first frame,
 *  upright, sRGB, 8 bit, no alpha. Large images are reduced during decoding. It does not fit images to a
 *  network (lib/ml/preprocess/preprocess does) and stores nothing. */
import { DarkroomError } from '#lib/domain/errors.ts'
import type { RgbImage } from '#lib/domain/image.ts'
import { decodeBmp, readBmpHeader } from './bmp.ts'
import { composed, WHITE } from './flatten-alpha.ts'
import type { Background, Pixels } from './flatten-alpha.ts'
import { decodeBytes } from './cost.ts'
import { heicAsTiff } from './decode-heic.ts'
import { tiffDecoding } from './decode-tiff.ts'
import { readHeader } from './header.ts'
import type { ImageHeader } from './image-header.ts'
import { upright } from './orient.ts'
import { decodeSmallPng, readPngHeader, withoutMetadata } from './png.ts'
import { corruptImage, emptyFile, needsMoreMemory, notAnImage, tooManyPixels } from './refusals.ts'
import { openSharp } from './sharp.ts'
import { shrunkSize } from '#lib/domain/shrunk-size.ts'
import { isImageKind, sniff } from './sniff.ts'
import type { ImageKind, FileType } from './sniff.ts'

export type DecodeLimits = {
  readonly maxPixels: number
  /** The maximum memory for decoding; default: no limit. */
  readonly maxBytes?: number
  readonly background?: Background
}

/** A decoded image with its size in the file, upright. */
export type SizedImage = { readonly image: RgbImage; readonly width: number; readonly height: number }

/** The maximum time that one image may occupy a core; 50 megapixels of AVIF take about 8 s. */
export const LONGEST_SECONDS = 30

/** The type and the header of the bytes; refused when they are no image, or one with too many pixels,
 *  or one that needs too much memory. */
export function admit(
  bytes: Uint8Array,
  { maxPixels, maxBytes }: DecodeLimits,
): { readonly type: FileType & { readonly kind: ImageKind }; readonly header: ImageHeader | null } {
  const { kind, words } = sniff(bytes)
  if (kind === 'empty') throw emptyFile()
  if (!isImageKind(kind)) throw notAnImage({ kind, words })
  const header = readHeader(bytes, kind)
  if (header !== null) refuseLarge(header, { maxPixels, ...(maxBytes !== undefined && { maxBytes }) })
  return { type: { kind, words }, header }
}

function refuseLarge(header: ImageHeader, { maxPixels, maxBytes = Infinity }: DecodeLimits): void {
  const { width, height } = header
  if (width * height > maxPixels) throw tooManyPixels(width, height, maxPixels)
  const needed = decodeBytes(header)
  if (needed > maxBytes) throw needsMoreMemory(header, needed, maxBytes)
}

export const decode = async (bytes: Uint8Array, limits: DecodeLimits): Promise<RgbImage> =>
  (await decodeSized(bytes, limits)).image

/** A small plain PNG, decoded without a native decoder and without waiting; null for every other image. */
export function decodeInScript(bytes: Uint8Array, limits: DecodeLimits): SizedImage | null {
  const { type } = admit(bytes, limits)
  if (type.kind !== 'png') return null
  const head = readPngHeader(bytes)
  if (typeof head === 'string') throw corruptImage(type, head)
  const small = decodeSmallPng(bytes, head)
  return (
    small && {
      image: composed(small, limits.background ?? WHITE),
      width: small.width,
      height: small.height,
    }
  )
}

export async function decodeSized(bytes: Uint8Array, limits: DecodeLimits): Promise<SizedImage> {
  const { type, header } = admit(bytes, limits)
  const { background = WHITE } = limits
  if (type.kind === 'bmp') return bmp(bytes, type, background)
  if (type.kind === 'png') {
    const head = readPngHeader(bytes)
    if (typeof head === 'string') throw corruptImage(type, head)
    const small = decodeSmallPng(bytes, head)
    if (small !== null)
      return { image: composed(small, background), width: small.width, height: small.height }
    return bySharp(withoutMetadata(bytes), type, limits)
  }
  if (type.kind === 'tiff') return tiff(bytes, type, limits)
  if (type.kind === 'heic') return heic(bytes, { type, header }, limits)
  // the most expensive case
  if (header === null) refuseLarge({ ...(await metadataOf(bytes, type)), kind: 'avif', depth: 12 }, limits)
  return bySharp(bytes, type, limits)
}

async function tiff(bytes: Uint8Array, type: FileType, limits: DecodeLimits): Promise<SizedImage> {
  const decoding = tiffDecoding(bytes, type)
  if (decoding?.pixels === null || decoding === null) return bySharp(bytes, type, limits, decoding ?? {})
  const { page, pixels } = decoding
  const { width, height, orientation = 1 } = await metadataOf(bytes, type, page)
  try {
    const decoded = await pixels({ maxPixels: limits.maxPixels, seconds: LONGEST_SECONDS })
    const image = composed(decoded, limits.background ?? WHITE)
    return uprightSized(image, { width, height, orientation })
  } catch (cause) {
    throw refusalOf(type, cause)
  }
}

async function heic(
  bytes: Uint8Array,
  { type, header }: { readonly type: FileType; readonly header: ImageHeader | null },
  limits: DecodeLimits,
): Promise<SizedImage> {
  const { maxPixels } = limits
  return bySharp(
    await heicAsTiff(bytes, type, { header: header?.kind === 'heic' ? header : null, maxPixels }),
    type,
    limits,
  )
}

/** A large image is turned after it was reduced; a small one by sharp. */
function uprightSized(
  image: RgbImage,
  { width, height, orientation }: { width: number; height: number; orientation: number },
): SizedImage {
  const isTurned = orientation > 4
  return {
    image: shrunkSize(width, height) === null ? image : upright(image, orientation),
    width: isTurned ? height : width,
    height: isTurned ? width : height,
  }
}

async function bmp(bytes: Uint8Array, type: FileType, background: Background): Promise<SizedImage> {
  const head = readBmpHeader(bytes)
  if (typeof head === 'string') throw corruptImage(type, head)
  const { width, height } = head
  const target = shrunkSize(width, height)
  const pixels = decodeBmp(bytes, head, target === null ? 1 : Math.max(1, Math.floor(width / target.width)))
  if (typeof pixels === 'string') throw corruptImage(type, pixels)
  const image = composed(pixels, background)
  if (target === null || image.width <= target.width) return { image, width, height }
  const { data, info } = await openSharp(image.data, {
    raw: { width: image.width, height: image.height, channels: 3 },
  })
    .resize({ ...target, fit: 'fill' })
    .raw()
    .toBuffer({ resolveWithObject: true })
  return { image: { width: info.width, height: info.height, data: viewOf(data) }, width, height }
}

/** sharp reads no pixels for this; for an animation it is the size of one frame. */
async function metadataOf(
  bytes: Uint8Array,
  type: FileType,
  page = 0,
): Promise<{ width: number; height: number; orientation?: number | undefined }> {
  try {
    return await openSharp(bytes, { limitInputPixels: false, page }).metadata()
  } catch (cause) {
    throw corruptImage(type, 'its header is damaged', cause)
  }
}

/** A large image is rotated after it was reduced, because rotation needs all of it at once. */
async function bySharp(
  bytes: Uint8Array,
  type: FileType,
  { maxPixels, background = WHITE }: DecodeLimits,
  { page = 0, hasAlpha = true, failOn = 'error' }: SharpDecoding = {},
): Promise<SizedImage> {
  const { width, height, orientation = 1 } = await metadataOf(bytes, type, page)
  if (width * height > maxPixels) throw tooManyPixels(width, height, maxPixels)
  const target = shrunkSize(width, height)
  const opened = openSharp(bytes, {
    limitInputPixels: maxPixels,
    failOn,
    sequentialRead: true,
    page,
  }).timeout({
    seconds: LONGEST_SECONDS,
  })
  const file = hasAlpha ? opened : opened.removeAlpha()
  try {
    const { data, info } = await (
      target === null ? file.autoOrient() : file.resize({ ...target, fit: 'fill' })
    )
      .toColourspace('srgb')
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true })
    const decoded = composed(
      channelsOf({ width: info.width, height: info.height, data: viewOf(data), count: info.channels }),
      background,
    )
    return uprightSized(decoded, { width, height, orientation })
  } catch (cause) {
    const whole = withoutEndMarker(bytes, type, cause)
    if (whole !== null && failOn !== 'warning')
      return bySharp(whole, type, { maxPixels, background }, { failOn: 'warning' })
    throw refusalOf(type, cause)
  }
}

type SharpDecoding = {
  readonly page?: number
  readonly hasAlpha?: boolean
  /** With `warning` a JPEG is refused whose data ends early. */
  readonly failOn?: 'error' | 'warning'
}

/** A JPEG that lacks only its end marker, with the marker: programs that copy from cameras cut it off. Null for all
 *  others. */
function withoutEndMarker(bytes: Uint8Array, { kind }: FileType, cause: unknown): Uint8Array | null {
  const endsEarly = cause instanceof Error && /premature end of JPEG/i.test(cause.message)
  if (kind !== 'jpeg' || !endsEarly) return null
  const cut = bytes.at(-1) === 0xff ? bytes.subarray(0, -1) : bytes
  return Buffer.concat([cut, END_OF_IMAGE])
}
const END_OF_IMAGE = Uint8Array.of(0xff, 0xd9)

function refusalOf(type: FileType, cause: unknown): DarkroomError {
  if (cause instanceof DarkroomError) return cause
  const isLate = cause instanceof Error && /timeout/i.test(cause.message)
  const why = isLate
    ? `decoding it takes longer than ${LONGEST_SECONDS} s`
    : 'its pixels are damaged or truncated'
  return corruptImage(type, why, cause)
}

const viewOf = (data: Buffer): Uint8Array => new Uint8Array(data.buffer, data.byteOffset, data.length)

/** Of more than four channels the first three are the colours. */
function channelsOf({
  count,
  data,
  ...size
}: {
  readonly width: number
  readonly height: number
  readonly data: Uint8Array
  readonly count: number
}): Pixels {
  if (count === 1 || count === 2 || count === 3 || count === 4) return { ...size, data, channels: count }
  const colours = new Uint8Array(size.width * size.height * 3)
  for (let from = 0, to = 0; to < colours.length; from += count, to += 3)
    colours.set(data.subarray(from, from + 3), to)
  return { ...size, data: colours, channels: 3 }
}
