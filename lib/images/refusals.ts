/** The sentences with which bytes are refused as a picture. Only words and codes: who refuses, and when, is
 *  decided by the decoders. */
import { DarkroomError } from '#lib/domain/errors.ts'
import type { Sniffed } from './sniff.ts'

/** A large image takes one to eight seconds. */
const DECODER_BUSY_SECONDS = 5

const FORMATS = 'PNG, JPEG, GIF, BMP, WebP, TIFF or AVIF'

export const emptyFile = (): DarkroomError =>
  new DarkroomError('missing_file', {
    what: 'There is no picture',
    why: 'the file is empty',
    remedy: `Send a ${FORMATS} picture.`,
  })

export const notAnImage = (found: Sniffed): DarkroomError =>
  new DarkroomError('not_an_image', {
    what: 'This is not a picture',
    why: `it is ${found.words}`,
    remedy: `Send a ${FORMATS} picture.`,
  })

export const corruptImage = (found: Sniffed, why: string, cause?: unknown): DarkroomError =>
  new DarkroomError(
    'corrupt_image',
    {
      what: 'This picture cannot be read',
      why: `it is ${found.words}, but ${why}`,
      remedy: 'Save it again or take another copy of it.',
    },
    { cause },
  )

export const tooManyPixels = (width: number, height: number, maxPixels: number): DarkroomError =>
  new DarkroomError('too_many_pixels', {
    what: 'This picture is too large',
    why:
      `it claims ${width} × ${height} = ${megapixels(width * height)} megapixels and at most ` +
      `${megapixels(maxPixels)} are read`,
    remedy: 'Send a smaller copy of it.',
  })

export const needsMoreMemory = (
  { width, height }: { readonly width: number; readonly height: number },
  neededBytes: number,
  maxBytes: number,
): DarkroomError =>
  new DarkroomError('needs_more_memory', {
    what: 'This image needs too much memory to decode',
    why:
      `an image of ${width} × ${height} pixels in this format needs ${megabytes(neededBytes)} MB, and ` +
      `the limit is ${megabytes(maxBytes)} MB`,
    remedy: 'Send a smaller copy of it, or save it as JPEG or as PNG without interlacing.',
  })

/** What ended the process that decoded it. */
export const endedDecoder = (why: string): DarkroomError =>
  new DarkroomError('needs_more_memory', {
    what: 'This image cannot be decoded on this machine',
    why,
    remedy: 'Send a smaller copy of it, or save it in another format.',
  })

export const decoderBusy = (why: string): DarkroomError =>
  new DarkroomError(
    'overloaded',
    {
      what: 'This image was not decoded',
      why,
      remedy: 'Try again in a few seconds, or send fewer large images at once.',
    },
    { retryAfterSeconds: DECODER_BUSY_SECONDS },
  )

const megabytes = (bytes: number): string => Math.ceil(bytes / 1024 ** 2).toLocaleString('en')

const megapixels = (pixels: number): string =>
  (pixels / 1e6).toLocaleString('en', { maximumFractionDigits: pixels < 1e6 ? 4 : 1 })
