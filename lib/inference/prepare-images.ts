/** Turns the images of a request into the squares that a version reads; an unreadable one into its error. */
import type { InferredImage, PreparedImage } from '#lib/contracts/ipc.ts'
import type { Preprocess } from '#lib/contracts/bundle.ts'
import { isDarkroomError, reportOf } from '#lib/domain/errors.ts'
import { decodeSized } from '#lib/images/decode.ts'
import { laneOf } from '#lib/images/decode-placement.ts'
import { prepare as prepareSquare, type PreparedSquare } from '#lib/ml/preprocess/preprocess.ts'

/** As many as libuv has threads; each takes at most 10 MB where large images are decoded elsewhere. */
const DECODED_AT_ONCE = 4

/** The square, as `lib/ml/preprocess` returns it, and the size of the original in pixels. */
type InputImage = PreparedSquare & {
  readonly width: number
  readonly height: number
  readonly decodeMs: number
}

type PrepareResult = InputImage | Extract<InferredImage, { ok: false }>

/**
 * The results in the order of `images`. A few small ones are decoded at a time; large ones, which only jobs
 * send, one after the other: each becomes a small square before the next is decoded.
 */
export async function prepareAll(
  images: readonly (Uint8Array | PreparedImage)[],
  spec: Preprocess,
  maxPixels: number,
): Promise<readonly PrepareResult[]> {
  if (images.every(isPrepared)) return images
  const prepared: PrepareResult[] = []
  const prepareInLanes = async (waiting: number[], lanes: number): Promise<void> => {
    const lane = async (): Promise<void> => {
      for (let index = waiting.shift(); index !== undefined; index = waiting.shift())
        prepared[index] = await prepare(images[index]!, spec, maxPixels)
    }
    await Promise.all(Array.from({ length: lanes }, lane))
  }
  const indices = [...images.keys()]
  await prepareInLanes(
    indices.filter((index) => !isLarge(images[index]!, maxPixels)),
    DECODED_AT_ONCE,
  )
  await prepareInLanes(
    indices.filter((index) => isLarge(images[index]!, maxPixels)),
    1,
  )
  return prepared
}

const isPrepared = (image: Uint8Array | PreparedImage): image is PreparedImage =>
  !(image instanceof Uint8Array)

function isLarge(image: Uint8Array | PreparedImage, maxPixels: number): boolean {
  try {
    return image instanceof Uint8Array && !laneOf(image, { maxPixels }, Infinity).isSmall
  } catch (error) {
    if (isDarkroomError(error)) return false // refused when it is decoded
    throw error
  }
}

/** An image that cannot be decoded becomes an entry with its error. */
export async function prepare(
  input: Uint8Array | PreparedImage,
  spec: Preprocess,
  maxPixels: number,
): Promise<PrepareResult> {
  if (!(input instanceof Uint8Array)) return input
  const startedAt = performance.now()
  try {
    const { image, width, height } = await decodeSized(input, { maxPixels, background: backgroundOf(spec) })
    return { ...prepareSquare(image, spec), width, height, decodeMs: performance.now() - startedAt }
  } catch (error) {
    if (!isDarkroomError(error)) throw error
    return { ok: false, failure: reportOf(error) }
  }
}

export function backgroundOf({ background: [r, g, b] }: Preprocess): { r: number; g: number; b: number } {
  return { r, g, b }
}
