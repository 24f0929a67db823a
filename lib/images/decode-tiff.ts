/** A TIFF to an image: its largest page; extra samples are not transparency unless the file states it; numbers of other
 *  ranges are scaled (tiff-scale.ts). What is not supported is refused with its own reason. */
import type { Pixels } from './flatten-alpha.ts'
import { corruptImage } from './refusals.ts'
import { openSharp } from './sharp.ts'
import { shrunkSize } from '#lib/domain/shrunk-size.ts'
import type { FileType } from './sniff.ts'
import { isScaled, rangeOf, scaledToBytes } from './tiff-scale.ts'
import { largestPage, type TiffPage } from './tiff-pages.ts'

const LAB = 8
const COLOUR_FILTER = 32_803
const MOST_SAMPLES = 4

/** How the page is to be decoded by sharp; `pixels` when its numbers have to be scaled. */
export type TiffDecoding = {
  readonly page: number
  readonly hasAlpha: boolean
  readonly pixels: ((limits: ScalingLimits) => Promise<Pixels>) | null
}
type ScalingLimits = { readonly maxPixels: number; readonly seconds: number }

/** Null: its directory cannot be read, and the decoder judges it. */
export function tiffDecoding(bytes: Uint8Array, type: FileType): TiffDecoding | null {
  const page = pageIn(bytes)
  if (page === null) return null
  const reason = reasonUnsupported(page)
  if (reason !== null) throw corruptImage(type, reason)
  const isTransparent = page.extraSample === 1 || page.extraSample === 2
  return {
    page: page.index,
    hasAlpha: isTransparent && page.samples <= MOST_SAMPLES,
    pixels:
      isScaled(page) && !isTransparent ? (limits) => scaledPixels(bytes, page, { ...limits, type }) : null,
  }
}

function pageIn(bytes: Uint8Array): TiffPage | null {
  try {
    return largestPage(bytes, new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength))
  } catch (error) {
    if (error instanceof RangeError) return null
    throw error
  }
}

function reasonUnsupported({ photometric, samples, format }: TiffPage): string | null {
  if (photometric === LAB) return 'its colours are CIE Lab, which is not supported; save it as RGB'
  if (photometric === COLOUR_FILTER)
    return 'it is the raw data of a camera, which is not supported; convert it to RGB first'
  if (photometric <= 1 && samples > MOST_SAMPLES)
    return `it has ${samples} channels, and none of them is stated to be red, green or blue`
  return format === 'other' ? 'its numbers are of a kind that is not supported (complex or undefined)' : null
}

/** libvips clips negative 16-bit values. */
async function refuseNegative(
  bytes: Uint8Array,
  { page, type }: { readonly page: number; readonly type: FileType },
): Promise<void> {
  const { channels } = await openSharp(bytes, { page }).stats()
  const least = Math.min(...channels.map(({ min }) => min))
  if (least < 0)
    throw corruptImage(type, `its 16-bit values are negative (from ${least}), which is not supported`)
}

/** Grey or RGB, 8 bits, with transparency left out. */
async function scaledPixels(
  bytes: Uint8Array,
  page: TiffPage,
  { maxPixels, seconds, type }: ScalingLimits & { readonly type: FileType },
): Promise<Pixels> {
  if (page.format === 'signed' && page.bits === 16) await refuseNegative(bytes, { page: page.index, type })
  const isGrey = page.photometric !== 2
  const space = colourSpace(page, isGrey)
  const target = shrunkSize(page.width, page.height)
  const file = openSharp(bytes, { limitInputPixels: maxPixels, failOn: 'error', page: page.index }).timeout({
    seconds,
  })
  const sized = target === null ? file.autoOrient() : file.resize({ ...target, fit: 'fill' })
  const { data, info } = await sized
    .pipelineColourspace(space)
    .toColourspace(space)
    .raw({ depth: 'float' })
    .toBuffer({ resolveWithObject: true })
  const all = new Float32Array(data.buffer, data.byteOffset, data.byteLength / 4)
  const channels = isGrey ? 1 : 3
  const values = info.channels === channels ? all : firstChannels(all, info.channels, channels)
  const data8 = scaledToBytes(values, rangeOf(values, page))
  // photometric 0: white is zero
  return {
    width: info.width,
    height: info.height,
    channels,
    data: page.photometric === 0 && page.format === 'float' ? data8.map((value) => 255 - value) : data8,
  }
}

/** The one in which libvips leaves the numbers as they are. */
function colourSpace({ bits }: TiffPage, isGrey: boolean): 'b-w' | 'grey16' | 'rgb16' | 'scrgb' {
  if (isGrey) return bits === 16 ? 'grey16' : 'b-w'
  return bits === 16 ? 'rgb16' : 'scrgb'
}

function firstChannels(all: Float32Array, from: number, to: number): Float32Array {
  const count = all.length / from
  const out = new Float32Array(count * to)
  for (let i = 0; i < count; i++)
    for (let c = 0; c < to; c++) out[i * to + c] = all[i * from + Math.min(c, from - 1)]!
  return out
}
