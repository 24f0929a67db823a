/** Images and camera frames as RGB pixels, as the server decodes them: upright, sRGB, 8 bit, over the background where
 *  they are transparent, large ones reduced. The browser's own decoders read the files. */
import type { RgbImage } from '#lib/domain/image.ts'
import { chanceOf } from '#lib/domain/evaluation/conformal.ts'
import { shrunkSize } from '#lib/domain/shrunk-size.ts'
import { stretch } from '#lib/ml/preprocess/resize.ts'

const WHITE = [255, 255, 255] as const
type Colour = readonly [number, number, number]

/** `width` and `height` of the file, upright. */
export type ReadImage = { readonly image: RgbImage; readonly width: number; readonly height: number }

/** @throws Error with a sentence for the user when this browser cannot decode the file */
export async function readImage(file: Blob, background: Colour = WHITE): Promise<ReadImage> {
  const bitmap = await createImageBitmap(file).catch((cause: unknown) => {
    throw new Error(
      'This browser cannot decode the file: it is damaged, not an image, or of a type that only the server can ' +
        'read (such as TIFF). Predict on the server.',
      { cause },
    )
  })
  try {
    return pixelsOf(bitmap, { width: bitmap.width, height: bitmap.height, background })
  } finally {
    bitmap.close()
  }
}

/** The frame that the video shows now; null before the first. */
export function readFrame(video: HTMLVideoElement): ReadImage | null {
  const { videoWidth: width, videoHeight: height } = video
  return width === 0 ? null : pixelsOf(video, { width, height, background: WHITE })
}

/** The random draw of an image's candidates, from the sha256 of its bytes as on the server. Null where the browser
 *  offers no sha256: on pages without HTTPS. */
export async function chanceOfBytes(bytes: ArrayBuffer): Promise<number | null> {
  if (!globalThis.crypto?.subtle) return null
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
  return chanceOf(Array.from(hash, (byte) => byte.toString(16).padStart(2, '0')).join(''))
}

function pixelsOf(
  source: CanvasImageSource,
  { width, height, background }: { width: number; height: number; background: Colour },
): ReadImage {
  const canvas = canvasOf(width, height)
  const context = canvas.getContext('2d', { willReadFrequently: true, colorSpace: 'srgb' })
  if (!context) throw new Error('This browser cannot read the pixels of an image. Predict on the server.')
  context.fillStyle = `rgb(${background.join(' ')})`
  context.fillRect(0, 0, width, height)
  context.drawImage(source, 0, 0)
  const { data } = context.getImageData(0, 0, width, height)
  const whole = { width, height, data: withoutAlpha(data) }
  const target = shrunkSize(width, height)
  const image =
    target === null
      ? whole
      : { ...target, data: stretch({ ...whole, channels: 3 }, target.width, target.height) }
  return { image, width, height }
}

/** One canvas for all frames of a size: a new one for each would leave much to collect. */
let canvas: HTMLCanvasElement | null = null
function canvasOf(width: number, height: number): HTMLCanvasElement {
  canvas ??= document.createElement('canvas')
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height })
  return canvas
}

function withoutAlpha(rgba: Uint8ClampedArray): Uint8Array {
  const out = new Uint8Array((rgba.length / 4) * 3)
  for (let from = 0, to = 0; from < rgba.length; from += 4, to += 3) {
    out[to] = rgba[from]!
    out[to + 1] = rgba[from + 1]!
    out[to + 2] = rgba[from + 2]!
  }
  return out
}
