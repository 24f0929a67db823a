/**
 * The versions that one inference child has loaded: reads them, verifies them by their reference outputs,
 * and runs them. Callers interpret the results.
 */
import type { InferredImage, PreparedImage, InferenceCommand, VersionRef } from '#lib/contracts/ipc.ts'
import type { Preprocess } from '#lib/contracts/bundle.ts'
import { DarkroomError, isDarkroomError, reportedError, reportOf } from '#lib/domain/errors.ts'
import type { Engine } from '#lib/engines/engine.ts'
import { decode, decodeSized } from '#lib/images/decode.ts'
import { laneOf } from '#lib/images/decode-placement.ts'
import { encodeGreyPng, encodePng } from '#lib/images/png.ts'
import { goldenFailure, readBundle, type Bundle } from '#lib/ml/formats/bundle.ts'
import { directions, distanceTo, nearnessNetwork, type Reference } from '#lib/ml/evaluate/familiarity.ts'
import { occlude, type Occlusion } from '#lib/ml/evaluate/occlusion.ts'
import { normalise, preprocess, squareBytes } from '#lib/ml/preprocess/preprocess.ts'

/** Reference inputs are ours and small. */
const GOLDEN_PIXELS = 1e6
/** As many as libuv has threads; each takes at most 10 MB where large images are decoded elsewhere. */
const DECODED_AT_ONCE = 4

type InferRequest = Extract<InferenceCommand, { kind: 'infer' }>
type AskedWhy = Extract<InferenceCommand, { kind: 'explain' }>
type LoadedModel = {
  readonly preprocess: Preprocess
  readonly classes: number
  readonly reference: Omit<Reference, 'vectors' | 'ids' | 'labels'> | null
}
type ModelOutput = {
  readonly logits: Float32Array
  readonly features: Float32Array | null
  readonly distance: number | null
}
type InputImage = {
  readonly square: Uint8Array
  readonly width: number
  readonly height: number
  readonly decodeMs: number
}

export type LoadedModels = {
  readonly load: (version: VersionRef) => Promise<{ goldenMs: number }>
  readonly unload: (key: string) => Promise<void>
  readonly infer: (request: InferRequest) => Promise<{ images: InferredImage[]; inferenceMs: number }>
  /** Continues when the caller asks for the next step, so that other messages can be handled in between. */
  readonly explain: (request: AskedWhy) => AsyncGenerator<void, Occlusion & { square: Uint8Array }>
}

export function loadedModels(engine: Engine): LoadedModels {
  const held = new Map<string, LoadedModel>()

  /**
   * Loads a version if the bundle is complete and this engine reproduces its reference outputs; otherwise
   * it stays unloaded.
   */
  async function load({ key, folder }: VersionRef): Promise<{ goldenMs: number }> {
    if (held.has(key)) return { goldenMs: 0 }
    const bundle = await readBundle(folder)
    await engine.load(key, bundle)
    try {
      const began = performance.now()
      held.set(key, await proved(key, folder, bundle))
      return { goldenMs: performance.now() - began }
    } catch (error) {
      await drop(key, bundle)
      throw error
    }
  }

  async function proved(key: string, folder: string, bundle: Bundle): Promise<LoadedModel> {
    const squares = await Promise.all(
      bundle.golden.inputs.map(async ({ png }) =>
        preprocess(
          await decode(Buffer.from(png, 'base64'), {
            maxPixels: GOLDEN_PIXELS,
            background: under(bundle.preprocess),
          }),
          bundle.preprocess,
        ),
      ),
    )
    const { reference } = bundle
    if (reference) await engine.load(nearnessKey(key), nearnessNetwork(reference))
    const about: LoadedModel = {
      preprocess: bundle.preprocess,
      classes: bundle.classes.length,
      reference: reference && {
        length: reference.length,
        centre: reference.centre,
        neighbour: reference.neighbour,
      },
    }
    const failure = goldenFailure(
      bundle.golden,
      (await compute(key, { ...about, reference: null }, squares, false)).map(({ logits }) => logits),
    )
    if (failure !== null)
      throw new DarkroomError('bad_bundle', {
        what: `The version in ${folder} failed validation and cannot be served`,
        why: `on the engine ${engine.name}, ${failure}`,
        remedy: 'Restore its files, or train a new version.',
      })
    return about
  }

  async function unload(key: string): Promise<void> {
    const about = held.get(key)
    if (about && held.delete(key)) await drop(key, about)
  }

  async function drop(key: string, { reference }: { readonly reference: unknown }): Promise<void> {
    await engine.unload(key)
    if (reference) await engine.unload(nearnessKey(key))
  }

  function heldAs(key: string): LoadedModel {
    const about = held.get(key)
    if (about === undefined) throw new Error(`The version ${key} is not loaded`)
    return about
  }

  /** An unreadable image becomes an entry with its error; the others of its batch are computed together. */
  async function infer({
    key,
    images: pictures,
    maxPixels,
    wantsFeatures,
  }: InferRequest): Promise<{ images: InferredImage[]; inferenceMs: number }> {
    const about = heldAs(key)
    const seen = await lookAtAll(pictures, about.preprocess, maxPixels)
    const good = seen.flatMap((one) => ('square' in one ? [one] : []))
    const began = performance.now()
    const answers =
      good.length === 0
        ? []
        : await compute(
            key,
            about,
            good.map(({ square }) => square),
            wantsFeatures,
          )
    const inferenceMs = performance.now() - began
    let next = 0
    return {
      inferenceMs,
      images: seen.map((one) =>
        'square' in one
          ? { ok: true, ...answers[next++]!, width: one.width, height: one.height, decodeMs: one.decodeMs }
          : one,
      ),
    }
  }

  async function* explain({
    key,
    picture,
    maxPixels,
    predicted,
    temperature,
  }: AskedWhy): AsyncGenerator<void, Occlusion & { square: Uint8Array }> {
    const about = heldAs(key)
    const seen = await look(picture, about.preprocess, maxPixels)
    if (!('square' in seen)) throw reportedError(seen.failure)
    const request = { square: seen.square, spec: about.preprocess, predicted, temperature }
    const map = yield* occlude(request, async (squares) =>
      (await compute(key, { ...about, reference: null }, squares, false)).map(({ logits }) => logits),
    )
    return { ...map, square: asPng(seen.square, about.preprocess) }
  }

  async function compute(
    key: string,
    about: LoadedModel,
    squares: readonly Uint8Array[],
    wantsFeatures: boolean,
  ): Promise<ModelOutput[]> {
    const length = squareBytes(about.preprocess)
    const pixels = new Float32Array(squares.length * length)
    squares.forEach((square, i) => normalise(square, about.preprocess, pixels, i * length))
    const { logits, features } = await engine.run(key, pixels, squares.length)
    const distances =
      features && about.reference ? await distancesOf(key, about.reference, features, squares.length) : null
    const row = (all: Float32Array, i: number) =>
      all.slice((i * all.length) / squares.length, ((i + 1) * all.length) / squares.length)
    return squares.map((_, i) => ({
      logits: row(logits, i),
      features: wantsFeatures && features ? row(features, i) : null,
      distance: distances?.[i] ?? null,
    }))
  }

  async function distancesOf(
    key: string,
    { length, centre, neighbour }: NonNullable<LoadedModel['reference']>,
    features: Float32Array,
    count: number,
  ): Promise<number[]> {
    const { logits: products } = await engine.run(
      nearnessKey(key),
      directions(features, length, centre),
      count,
    )
    const references = products.length / count
    return Array.from({ length: count }, (_, i) =>
      distanceTo(products.subarray(i * references, (i + 1) * references), neighbour),
    )
  }

  return { load, unload, infer, explain }
}

const nearnessKey = (key: string): string => `${key} nearness`

type PrepareResult = InputImage | Extract<InferredImage, { ok: false }>

/**
 * A few small ones at a time; large ones, which only jobs send, one after the other: each becomes a small
 * square before the next is decoded.
 */
async function lookAtAll(
  images: readonly (Uint8Array | PreparedImage)[],
  spec: Preprocess,
  maxPixels: number,
): Promise<readonly PrepareResult[]> {
  const seen: PrepareResult[] = []
  const places = [...images.keys()]
  const inLanes = async (waiting: number[], lanes: number): Promise<void> => {
    const lane = async (): Promise<void> => {
      for (let place = waiting.shift(); place !== undefined; place = waiting.shift())
        seen[place] = await look(images[place]!, spec, maxPixels)
    }
    await Promise.all(Array.from({ length: lanes }, lane))
  }
  await inLanes(
    places.filter((place) => !isLarge(images[place]!, maxPixels)),
    DECODED_AT_ONCE,
  )
  await inLanes(
    places.filter((place) => isLarge(images[place]!, maxPixels)),
    1,
  )
  return seen
}

function isLarge(image: Uint8Array | PreparedImage, maxPixels: number): boolean {
  try {
    return image instanceof Uint8Array && !laneOf(image, { maxPixels }, Infinity).isSmall
  } catch (error) {
    if (isDarkroomError(error)) return false // refused when it is decoded
    throw error
  }
}

async function look(
  image: Uint8Array | PreparedImage,
  spec: Preprocess,
  maxPixels: number,
): Promise<PrepareResult> {
  if (!(image instanceof Uint8Array)) return image
  const began = performance.now()
  try {
    const { image: picture, width, height } = await decodeSized(image, { maxPixels, background: under(spec) })
    return { square: preprocess(picture, spec), width, height, decodeMs: performance.now() - began }
  } catch (error) {
    if (!isDarkroomError(error)) throw error
    return { ok: false, failure: reportOf(error) }
  }
}

const asPng = (square: Uint8Array, { size, channels }: Preprocess): Uint8Array =>
  channels === 1 ? encodeGreyPng(size, size, square) : encodePng({ width: size, height: size, data: square })

function under({ background: [r, g, b] }: Preprocess): { r: number; g: number; b: number } {
  return { r, g, b }
}
