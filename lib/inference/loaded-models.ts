/**
 * The versions that one process has loaded: reads them, verifies them by their reference outputs,
 * and runs them. Callers interpret the results.
 */
import type { InferredImage, InferenceCommand, PreparedImage, VersionRef } from '#lib/contracts/ipc.ts'
import type { Preprocess } from '#lib/contracts/bundle.ts'
import type { InferencePrecision, PrecisionSetting, ServedPrecision } from '#lib/contracts/precision.ts'
import { DarkroomError, reportedError } from '#lib/domain/errors.ts'
import type { Engine } from '#lib/engines/engine.ts'
import { decode } from '#lib/images/decode.ts'
import { encodeGreyPng, encodePng } from '#lib/images/write-png.ts'
import { readBundle, type Bundle } from '#lib/ml/formats/bundle.ts'
import { nearnessNetwork, type Reference } from '#lib/ml/evaluate/familiarity.ts'
import { directions, distanceTo } from '#lib/ml/evaluate/feature-distance.ts'
import { cardAt } from '#lib/ml/evaluate/reliability.ts'
import { occlude, type Occlusion } from '#lib/ml/evaluate/occlusion.ts'
import { preprocess } from '#lib/ml/preprocess/preprocess.ts'
import { goldenFailureAs, loadInPrecision, rowOf, runSquares } from './load-precision.ts'
import { backgroundOf, prepare, prepareAll } from './prepare-images.ts'

/** Reference inputs are small and created by Darkroom. */
const GOLDEN_PIXELS = 1e6

type InferRequest = Omit<Extract<InferenceCommand, { kind: 'infer' }>, 'kind' | 'id'>
/** For the class with the index `predicted`; `temperature`: of a model whose precision has none of its own. */
type ExplainRequest = {
  readonly key: string
  readonly image: Uint8Array | PreparedImage
  readonly maxPixels: number
  readonly predicted: number
  readonly temperature: number
}
type LoadedModel = {
  /** What its files contained when it was loaded. */
  readonly content: string
  readonly precision: InferencePrecision
  /** Of its precision; null: it is not calibrated. */
  readonly temperature: number | null
  readonly preprocess: Preprocess
  readonly classes: number
  readonly reference: Omit<Reference, 'vectors' | 'ids' | 'labels'> | null
}
type ModelOutput = {
  readonly logits: Float32Array
  readonly features: Float32Array | null
  readonly distance: number | null
}

export type LoadResult = ServedPrecision & { readonly goldenMs: number }

export type LoadedModels = {
  readonly load: (version: VersionRef) => Promise<LoadResult>
  readonly unload: (key: string) => Promise<void>
  /** Whether the version could be loaded from its files as they are now. `trialKey`: what it is loaded as for this, if
   *  it is not loaded, or from other files. */
  readonly verify: (version: VersionRef, trialKey: string) => Promise<void>
  readonly infer: (request: InferRequest) => Promise<{ images: InferredImage[]; inferenceMs: number }>
  /** Continues when the caller asks for the next step, so that other messages can be handled in between. */
  readonly explain: (request: ExplainRequest) => AsyncGenerator<void, Occlusion & { square: Uint8Array }>
}

/** @param setting PRECISION */
export function loadedModels(engine: Engine, setting: PrecisionSetting = 'auto'): LoadedModels {
  const models = new Map<string, LoadedModel & { readonly served: ServedPrecision }>()
  /** By folder: what was chosen when it was first loaded. Measuring again, to verify a version before its promotion,
   *  would delay predictions. */
  const chosenBefore = new Map<string, ServedPrecision>()

  /**
   * Loads a version if the bundle is complete and this engine reproduces its reference outputs; otherwise
   * it stays unloaded.
   */
  async function load({ key, folder }: VersionRef): Promise<LoadResult> {
    const known = models.get(key)
    if (known) return { goldenMs: 0, ...known.served }
    const bundle = await readBundle(folder)
    const startedAt = performance.now()
    try {
      const model = await verified(key, folder, bundle)
      models.set(key, model)
      return { goldenMs: performance.now() - startedAt, ...model.served }
    } catch (error) {
      await drop(key, bundle)
      throw error
    }
  }

  async function verified(
    key: string,
    folder: string,
    bundle: Bundle,
  ): Promise<LoadedModel & { readonly served: ServedPrecision }> {
    const squares = await goldenSquares(bundle)
    const { reference } = bundle
    if (reference) await engine.load(nearnessKey(key), nearnessNetwork(reference))
    const chosen = await loadAsBefore(key, { folder, bundle, squares })
    if ('failure' in chosen) throw invalidVersion(folder, chosen.failure)
    const measured = cardAt(bundle.card, chosen.precision)
    return {
      served: chosen,
      content: contentOf(bundle),
      precision: chosen.precision,
      temperature: measured.calibration?.temperature ?? null,
      preprocess: bundle.preprocess,
      classes: bundle.classes.length,
      reference: reference && {
        length: reference.length,
        centre: reference.centre,
        neighbour: reference.neighbour,
      },
    }
  }

  const invalidVersion = (folder: string, failure: string): DarkroomError =>
    new DarkroomError('bad_bundle', {
      what: `The version in ${folder} failed validation and cannot be served`,
      why: `on the engine ${engine.name}, ${failure}`,
      remedy: 'Restore its files, or train a new version.',
    })

  /** A version that is loaded from the same files computes its golden outputs as it is: preparing it a second time
   *  occupies the thread for much longer, and would delay predictions. */
  async function verify({ key, folder }: VersionRef, trialKey: string): Promise<void> {
    const bundle = await readBundle(folder)
    const squares = await goldenSquares(bundle)
    const loaded = models.get(key)
    if (loaded?.content !== contentOf(bundle)) {
      await load({ key: trialKey, folder })
      return unload(trialKey)
    }
    const failure = await goldenFailureAs(key, loaded.precision, { bundle, squares }, engine)
    if (failure !== null) throw invalidVersion(folder, failure)
  }

  async function loadAsBefore(
    key: string,
    { folder, ...candidate }: { folder: string; bundle: Bundle; squares: readonly Uint8Array[] },
  ): ReturnType<typeof loadInPrecision> {
    const before = chosenBefore.get(folder)
    const loaded = await loadInPrecision(key, { ...candidate, setting: before?.precision ?? setting }, engine)
    if ('failure' in loaded) return loaded
    const chosen = loaded.precision === before?.precision ? before : loaded
    chosenBefore.set(folder, chosen)
    return chosen
  }

  async function unload(key: string): Promise<void> {
    const model = models.get(key)
    if (model && models.delete(key)) await drop(key, model)
  }

  async function drop(key: string, { reference }: { readonly reference: unknown }): Promise<void> {
    await engine.unload(key)
    if (reference) await engine.unload(nearnessKey(key))
  }

  function modelFor(key: string): LoadedModel {
    const model = models.get(key)
    if (model === undefined) throw new Error(`The version ${key} is not loaded`)
    return model
  }

  /** An unreadable image becomes an entry with its error; the others of its batch are computed together. */
  async function infer({
    key,
    images,
    maxPixels,
    wantsFeatures,
  }: InferRequest): Promise<{ images: InferredImage[]; inferenceMs: number }> {
    const model = modelFor(key)
    const prepared = await prepareAll(images, model.preprocess, maxPixels)
    const valid = prepared.flatMap((image) => ('square' in image ? [image] : []))
    const startedAt = performance.now()
    const outputs =
      valid.length === 0
        ? []
        : await compute(
            key,
            model,
            valid.map(({ square }) => square),
            wantsFeatures,
          )
    const inferenceMs = performance.now() - startedAt
    const { precision } = model
    let next = 0
    return {
      inferenceMs,
      images: prepared.map((image) => {
        if (!('square' in image)) return image
        const { logits, features, distance } = outputs[next++]!
        const { problem, width, height, decodeMs } = image
        return { ok: true, logits, features, distance, precision, problem, width, height, decodeMs }
      }),
    }
  }

  async function* explain({
    key,
    image,
    maxPixels,
    predicted,
    temperature,
  }: ExplainRequest): AsyncGenerator<void, Occlusion & { square: Uint8Array }> {
    const model = modelFor(key)
    const prepared = await prepare(image, model.preprocess, maxPixels)
    if (!('square' in prepared)) throw reportedError(prepared.failure)
    const request = {
      square: prepared.square,
      spec: model.preprocess,
      predicted,
      temperature: model.temperature ?? temperature,
    }
    const map = yield* occlude(request, async (squares) =>
      (await compute(key, { ...model, reference: null }, squares, false)).map(({ logits }) => logits),
    )
    return { ...map, square: asPng(prepared.square, model.preprocess) }
  }

  async function compute(
    key: string,
    model: LoadedModel,
    squares: readonly Uint8Array[],
    wantsFeatures: boolean,
  ): Promise<ModelOutput[]> {
    const { logits, features } = await runSquares(engine, key, { spec: model.preprocess, squares })
    const distances =
      features && model.reference ? await distancesOf(key, model.reference, features, squares.length) : null
    return squares.map((_, i) => ({
      logits: rowOf(logits, i, squares.length),
      features: wantsFeatures && features ? rowOf(features, i, squares.length) : null,
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

  return { load, unload, verify, infer, explain }
}

/** The golden inputs as the version reads them. */
export const goldenSquares = ({ golden, preprocess: spec }: Bundle): Promise<Uint8Array[]> =>
  Promise.all(
    golden.inputs.map(async ({ png }) =>
      preprocess(
        await decode(Buffer.from(png, 'base64'), {
          maxPixels: GOLDEN_PIXELS,
          background: backgroundOf(spec),
        }),
        spec,
      ),
    ),
  )

/** The checksums of its files, which readBundle has compared. */
const contentOf = ({ manifest }: Bundle): string => JSON.stringify(manifest.files)

const nearnessKey = (key: string): string => `${key} nearness`

const asPng = (square: Uint8Array, { size, channels }: Preprocess): Uint8Array =>
  channels === 1 ? encodeGreyPng(size, size, square) : encodePng({ width: size, height: size, data: square })
