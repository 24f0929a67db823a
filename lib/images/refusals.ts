/** The sentences with which bytes are refused as an image. Only words and codes; the decoders decide
 *  when to refuse. */
import { DarkroomError } from '#lib/domain/errors.ts'
import type { FileType } from './sniff.ts'

/** A large image takes one to eight seconds. */
const DECODER_BUSY_SECONDS = 5

const FORMATS = 'PNG, JPEG, GIF, BMP, WebP, TIFF, AVIF or HEIC'

export const emptyFile = (): DarkroomError =>
  new DarkroomError('missing_file', {
    what: 'No image was sent',
    why: 'the file is empty',
    remedy: `Send an image in one of these formats: ${FORMATS}.`,
  })

const NOT_AN_IMAGE = {
  what: 'The file is not an image',
  remedy: `Send an image in one of these formats: ${FORMATS}.`,
}

export const notAnImage = (type: FileType): DarkroomError =>
  new DarkroomError('not_an_image', { ...NOT_AN_IMAGE, why: `it is ${type.words}` })

/** The reason alone, of the message of such a refusal. */
export const reasonNotAnImage = (message: string): string =>
  message.replace(`${NOT_AN_IMAGE.what}: `, '').replace(`. ${NOT_AN_IMAGE.remedy}`, '')

export const corruptImage = (type: FileType, why: string, cause?: unknown): DarkroomError =>
  new DarkroomError(
    'corrupt_image',
    {
      what: 'The image cannot be read',
      why: `it is ${type.words}, but ${why}`,
      remedy: 'Save the image again, or send another copy of it.',
    },
    { cause },
  )

export const tooManyPixels = (width: number, height: number, maxPixels: number): DarkroomError =>
  new DarkroomError('too_many_pixels', {
    what: 'The image is too large',
    why:
      `it is ${width} × ${height} = ${megapixels(width * height)} megapixels, and the limit is ` +
      `${megapixels(maxPixels)} megapixels`,
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

/** With the reason why the decoding process ended. */
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
      remedy: 'Try again in a few seconds, or send fewer large images at a time.',
    },
    { retryAfterSeconds: DECODER_BUSY_SECONDS },
  )

const megabytes = (bytes: number): string => Math.ceil(bytes / 1024 ** 2).toLocaleString('en')

const megapixels = (pixels: number): string =>
  (pixels / 1e6).toLocaleString('en', { maximumFractionDigits: pixels < 1e6 ? 4 : 1 })
