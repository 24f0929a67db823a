/** Strangers' bytes → a Picture, or a refusal that says why: size before pixels, first frame, upright, sRGB, 8 bit, no alpha.
 *  It fits nothing to a network (lib/ml/preprocess does) and keeps nothing. */
import sharp from 'sharp'
import { DarkroomError } from '#lib/domain/errors.ts'
import type { Picture } from '#lib/domain/picture.ts'
import { decodeBmp, readBmpHeader } from './bmp.ts'
import { composed, WHITE } from './compose.ts'
import type { Background, Pixels } from './compose.ts'
import { decodeSmallPng, readPngHeader } from './png.ts'
import { corruptImage, emptyFile, notAnImage, tooManyPixels } from './refusals.ts'
import { isImageKind, sniff } from './sniff.ts'
import type { Sniffed } from './sniff.ts'

export type DecodeLimits = { readonly maxPixels: number; readonly background?: Background }

/** One picture may not hold a core longer than this; 50 megapixels of AVIF take about 5 s. */
const LONGEST_SECONDS = 30

// Strangers' bytes reach these six decoders and no other: no SVG, no PDF, nothing from a file name.
sharp.cache(false)
sharp.concurrency(1)
sharp.block({ operation: ['VipsForeignLoad'] })
sharp.unblock({
  operation: ['JpegBuffer', 'PngBuffer', 'WebpBuffer', 'NsgifBuffer', 'TiffBuffer', 'HeifBuffer'].map((name) => `VipsForeignLoad${name}`),
})

export async function decode(bytes: Uint8Array, { maxPixels, background = WHITE }: DecodeLimits): Promise<Picture> {
  const found = sniff(bytes)
  if (found.kind === 'empty') throw emptyFile()
  if (!isImageKind(found.kind)) throw notAnImage(found)
  const pixels = await pixelsOf(bytes, found, maxPixels)
  return composed(pixels, background)
}

async function pixelsOf(bytes: Uint8Array, found: Sniffed, maxPixels: number): Promise<Pixels> {
  if (found.kind === 'bmp') {
    const head = readBmpHeader(bytes)
    if (typeof head === 'string') throw corruptImage(found, head)
    refuseTooMany(head, maxPixels)
    const pixels = decodeBmp(bytes, head)
    if (typeof pixels === 'string') throw corruptImage(found, pixels)
    return pixels
  }
  if (found.kind === 'png') {
    const head = readPngHeader(bytes)
    if (typeof head === 'string') throw corruptImage(found, head)
    refuseTooMany(head, maxPixels)
    const small = decodeSmallPng(bytes, head)
    if (small !== null) return small
  } else {
    refuseTooMany(await headerOf(bytes, found), maxPixels)
  }
  return bySharp(bytes, found, maxPixels)
}

function refuseTooMany({ width, height }: { width: number; height: number }, maxPixels: number): void {
  if (width * height > maxPixels) throw tooManyPixels(width, height, maxPixels)
}

/** sharp reads no pixels for this; of an animation it is the size of one frame. */
async function headerOf(bytes: Uint8Array, found: Sniffed): Promise<{ width: number; height: number }> {
  try {
    return await sharp(bytes, { limitInputPixels: false }).metadata()
  } catch (cause) {
    throw corruptImage(found, 'its header is damaged', cause)
  }
}

async function bySharp(bytes: Uint8Array, found: Sniffed, maxPixels: number): Promise<Pixels> {
  try {
    const { data, info } = await sharp(bytes, { limitInputPixels: maxPixels, failOn: 'error', sequentialRead: true })
      .timeout({ seconds: LONGEST_SECONDS })
      .autoOrient()
      .toColourspace('srgb')
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true })
    return { width: info.width, height: info.height, data: new Uint8Array(data.buffer, data.byteOffset, data.length), channels: channelsOf(info.channels) }
  } catch (cause) {
    if (cause instanceof DarkroomError) throw cause
    throw corruptImage(found, 'its pixels are damaged or cut off', cause)
  }
}

function channelsOf(count: number): Pixels['channels'] {
  if (count === 1 || count === 2 || count === 3 || count === 4) return count
  throw new Error(`sharp answered ${count} channels`)
}
