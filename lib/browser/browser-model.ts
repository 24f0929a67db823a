/** A version that predicts in the page: the same preprocessing, temperature, thresholds and distances as on the
 *  server. Before it is used, it must reproduce the golden images of its bundle; a backend that does not is left for
 *  the next. */
import type * as tf from '@tensorflow/tfjs'
import type { BrowserModelAnswer } from '#lib/contracts/browser.ts'
import { softmax } from '#lib/domain/evaluation/calibration.ts'
import type { RgbImage } from '#lib/domain/image.ts'
import { predictionAnswer, type NetworkOutput } from '#lib/domain/prediction-answer.ts'
import { directions, distanceTo } from '#lib/ml/evaluate/feature-distance.ts'
import { fromHalfBytes } from '#lib/ml/formats/float16.ts'
import { normalise, prepare } from '#lib/ml/preprocess/preprocess.ts'
import { readImage } from './read-image.ts'
import { usableBackends, type BackendName, type TensorFlowInPage } from './tensorflow.ts'

/** Bytes as GET /api/models/{id}/browser sends them; `reference` is null where the version has none. */
export type BrowserModelFiles = {
  readonly weights: ArrayBuffer
  readonly reference: ArrayBuffer | null
}

export type BrowserPrediction = ReturnType<typeof predictionAnswer> & {
  /** Preprocessing and network, without reading the file. */
  readonly ms: number
}

export type BrowserModel = {
  readonly about: BrowserModelAnswer
  readonly backend: BackendName
  /** @param chance the random draw of the image: see `chanceOfBytes`; 0 gives the largest set of candidates */
  readonly predict: (
    image: RgbImage,
    options?: { readonly topK?: number; readonly chance?: number },
  ) => Promise<BrowserPrediction>
  readonly dispose: () => void
}

const USUAL_TOP_K = 5

/** @param backends tried in this order
 *  @throws Error with a sentence for the user when no backend reproduces the outputs for the test inputs */
export async function openBrowserModel(
  tensorFlow: TensorFlowInPage,
  about: BrowserModelAnswer,
  files: BrowserModelFiles,
  backends: readonly BackendName[] = usableBackends(tensorFlow),
): Promise<BrowserModel> {
  const faults: string[] = []
  for (const backend of backends) {
    try {
      if (!(await tensorFlow.setBackend(backend))) throw new Error('it does not start')
      await tensorFlow.ready()
      return await onBackend(tensorFlow, about, files, backend)
    } catch (error) {
      faults.push(`${backend}: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
  throw new Error(
    `${about.title} ${about.version} cannot run in this browser (${faults.join('; ')}). Predict on the server.`,
  )
}

async function onBackend(
  tensorFlow: TensorFlowInPage,
  about: BrowserModelAnswer,
  files: BrowserModelFiles,
  backend: BackendName,
): Promise<BrowserModel> {
  const network = await loadNetwork(tensorFlow, about, files.weights)
  const distanceOf = distances(about, files.reference)
  const run = async (image: RgbImage): Promise<NetworkOutput> => {
    const { size, channels } = about.preprocess
    const { square, problem } = prepare(image, about.preprocess)
    const pixels = new Float32Array(square.length)
    normalise(square, about.preprocess, pixels)
    const outputs = tensorFlow.tidy(() =>
      asList(network.predict(tensorFlow.tensor4d(pixels, [1, size, size, channels]))),
    )
    const [logits, features] = await Promise.all(outputs.map((tensor) => tensor.data<'float32'>()))
    tensorFlow.dispose([...outputs])
    return { logits: logits!, distance: distanceOf && distanceOf(features!), problem }
  }
  const dispose = (): void => void network.dispose()

  try {
    await requireGolden(about, async (image) => (await run(image)).logits)
  } catch (error) {
    dispose()
    throw error
  }
  const { sureness, candidate_mass: candidateMass, familiar_up_to: familiarUpTo } = about.thresholds
  const answering = {
    classes: about.classes,
    temperature: about.temperature,
    thresholds: {
      sureness: sureness && {
        threshold: sureness.threshold,
        targetError: sureness.target_error,
        images: sureness.images,
      },
      candidateMass,
      familiarUpTo,
    },
  }
  return {
    about,
    backend,
    dispose,
    async predict(image, { topK = USUAL_TOP_K, chance = 0 } = {}) {
      const began = performance.now()
      const output = await run(image)
      const answer = predictionAnswer(output, answering, { topK, chance: () => chance })
      return { ...answer, ms: performance.now() - began }
    },
  }
}

/** The network with two outputs: logits, and the features that its last layer reads. */
async function loadNetwork(
  tensorFlow: TensorFlowInPage,
  { topology, weights }: BrowserModelAnswer,
  weightData: ArrayBuffer,
): Promise<tf.LayersModel> {
  const loaded = await tensorFlow.loadLayersModel(
    tensorFlow.io.fromMemory({ modelTopology: topology, weightSpecs: [...weights], weightData }),
  )
  const last = loaded.layers.at(-1)
  if (!last) throw new Error('it has no layers')
  return tensorFlow.model({ inputs: loaded.inputs, outputs: [...loaded.outputs, ...asList(last.input)] })
}

/** The distance of features from the reference, in plain JavaScript: a million products take about a millisecond.
 *  Null where the version has none. */
function distances(
  { reference }: BrowserModelAnswer,
  bytes: ArrayBuffer | null,
): ((features: Float32Array) => number) | null {
  if (!reference || !bytes) return null
  const { count, length, neighbour, is_centred: isCentred } = reference
  const centre = isCentred ? new Float32Array(bytes, 0, length) : null
  const vectors = fromHalfBytes(new Uint8Array(bytes, centre?.byteLength ?? 0))
  const products = new Float32Array(count)
  return (features) => {
    const direction = directions(features, length, centre)
    for (let row = 0; row < count; row++) {
      let sum = 0
      for (let d = 0, at = row * length; d < length; d++, at++) sum += direction[d]! * vectors[at]!
      products[row] = sum
    }
    return distanceTo(products, neighbour)
  }
}

/** @throws Error where it differs from the bundle's own outputs for its test inputs */
async function requireGolden(
  { golden, tolerance }: BrowserModelAnswer,
  logitsOf: (image: RgbImage) => Promise<NetworkOutput['logits']>,
): Promise<void> {
  for (const { png, probabilities } of golden) {
    const bytes = Uint8Array.from(atob(png), (character) => character.charCodeAt(0))
    const { image } = await readImage(new Blob([bytes], { type: 'image/png' }))
    const here = softmax(Array.from(await logitsOf(image)))
    const off = Math.max(...here.map((p, k) => Math.abs(p - probabilities[k]!)))
    if (!(off <= tolerance)) throw new Error(`a probability of a test image is off by ${off.toPrecision(2)}`)
  }
}

const asList = <T>(value: T | T[]): T[] => (Array.isArray(value) ? value : [value])
