/** Examines an ONNX file as a backbone: whether ONNX Runtime runs it, on how many images at once, which of its values
 *  can be features, and what these are worth. It stores nothing. */
import { createHash } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import type { Normalisation } from '#lib/contracts/backbones.ts'
import { DarkroomError, isDarkroomError, messageOf } from '#lib/domain/errors.ts'
import type { GraphFile, ReadingMethod } from '#lib/ml/network/network.ts'
import { probeGraph } from '#lib/ml/onnx/foreign-graph.ts'
import {
  featureValues,
  imageInputOf,
  parametersOf,
  requireRunnable,
  type ForeignImage,
  type ImageChoice,
} from '#lib/ml/onnx/foreign-model.ts'
import { readOnnx, type OnnxFile } from '#lib/ml/onnx/reader.ts'
import type { GraphData } from '#lib/ml/onnx/writer.ts'
import { normalise, preprocess, squareBytes } from '#lib/ml/preprocess/preprocess.ts'
import { preprocessOf } from './normalisation.ts'
import { areUseful, nearestAgree, previewImages } from './preview.ts'
import { readingsOf, vectorsOf } from './readings.ts'

export const MOST_ONNX_MB = 500
const LONGEST_VECTOR = 8_192
/** Images of one run, where the file takes any number. */
const AT_ONCE = 8

export type GraphOpener = (graph: GraphData) => Promise<
  AsyncDisposable & {
    readonly run: (
      pixels: Float32Array,
      sides: readonly number[],
    ) => Promise<readonly { readonly shape: readonly number[]; readonly values: Float32Array | null }[]>
  }
>

export type FeatureChoice = {
  readonly value: string
  readonly reading: ReadingMethod
  readonly length: number
  /** Share of drawn shapes whose nearest other one, by these features, has the same shape. */
  readonly agreement: number
}

export type OnnxInspection = {
  readonly image: ForeignImage
  readonly sha256: string
  readonly bytes: number
  readonly parameters: number
  readonly normalisation: Normalisation
  /** The most likely one first; never empty. */
  readonly choices: readonly FeatureChoice[]
  readonly millisecondsPerImage: number
}

export type InspectionOptions = ImageChoice & {
  /** As people know the file. */
  readonly name: string
  readonly normalisation: Normalisation
}

/** @throws DarkroomError `bad_data_file` with the reason why the file cannot be a backbone. */
export type InspectOnnx = (path: string, options: InspectionOptions) => Promise<OnnxInspection>

/** As `InspectOnnx`. */
export async function inspectOnnx(
  path: string,
  options: InspectionOptions,
  ports: { readonly openGraph: GraphOpener; readonly signal: AbortSignal },
): Promise<OnnxInspection> {
  try {
    const { size } = await stat(path)
    if (size > MOST_ONNX_MB * 2 ** 20) throw new Error(`it is larger than ${MOST_ONNX_MB} MB`)
    const content = await readFile(path)
    const file = readOnnx(content)
    requireRunnable(file)
    const image = imageInputOf(file, options)
    const values = featureValues(file)
    if (values.length === 0) throw new Error('it has no output that is computed from the image')
    return {
      ...(await probe(file, { image, values, normalisation: options.normalisation }, ports)),
      sha256: createHash('sha256').update(content).digest('hex'),
      bytes: content.length,
      parameters: parametersOf(file),
      normalisation: options.normalisation,
    }
  } catch (error) {
    ports.signal.throwIfAborted()
    if (isDarkroomError(error)) throw error
    throw notABackbone(options.name, messageOf(error), error)
  }
}

export const notABackbone = (name: string, why: string, cause?: unknown): DarkroomError =>
  new DarkroomError(
    'bad_data_file',
    {
      what: `${name} cannot be used as a pretrained network`,
      why,
      remedy:
        'Export the network as one ONNX file (operator set 13 or later) with one image as its input and features as ' +
        'its output.',
    },
    { cause },
  )

type ProbeRequest = {
  readonly image: ForeignImage
  readonly values: readonly string[]
  readonly normalisation: Normalisation
}

type ProbeResult = Pick<OnnxInspection, 'image' | 'choices' | 'millisecondsPerImage'>

/** A file that states any number of images may yet be built for one. */
async function probe(
  file: OnnxFile,
  probing: ProbeRequest,
  ports: { readonly openGraph: GraphOpener; readonly signal: AbortSignal },
): Promise<ProbeResult> {
  const { image } = probing
  if (image.batch !== 0) return probeWith(file, probing, image.batch, ports)
  try {
    return await probeWith(file, probing, AT_ONCE, ports)
  } catch (error) {
    ports.signal.throwIfAborted()
    const single = { ...probing, image: { ...image, batch: 1 } }
    return probeWith(file, single, 1, ports).catch(() => {
      throw error
    })
  }
}

async function probeWith(
  file: OnnxFile,
  { image, values, normalisation }: ProbeRequest,
  batch: number,
  { openGraph, signal }: { readonly openGraph: GraphOpener; readonly signal: AbortSignal },
): Promise<ProbeResult> {
  const { size, channels } = image
  const sides = [batch, size, size, channels]
  await using graph = await opened(probeGraph(file, { ...image, sides }, values), openGraph)
  const spec = preprocessOf(image, normalisation)
  const perImage = squareBytes(spec)
  const read = values.map(() => new Map<ReadingMethod, Float32Array[]>())
  let [milliseconds, timed] = [0, 0]
  const images = previewImages()
  for (let first = 0; first < images.length; first += batch) {
    signal.throwIfAborted()
    const some = images.slice(first, first + batch)
    const pixels = new Float32Array(batch * perImage)
    some.forEach((one, i) => normalise(preprocess(one.image, spec), spec, pixels, i * perImage))
    const startedAt = performance.now()
    const outputs = await graph.run(pixels, sides)
    if (first > 0) {
      // the first run allocates memory
      milliseconds += performance.now() - startedAt
      timed += batch
    }
    outputs.forEach(({ shape, values: numbers }, i) => {
      if (numbers === null || shape[0] !== batch) return
      for (const reading of readingsOf(shape, image.layout)) {
        const vectors = read[i]!.get(reading) ?? []
        vectors.push(...vectorsOf({ shape, values: numbers }, reading).slice(0, some.length))
        read[i]!.set(reading, vectors)
      }
    })
  }
  const choices = values.flatMap((value, i) => choicesOf(value, read[i]!))
  if (choices.length === 0)
    throw new Error(
      `none of its values (${values.slice(0, 4).join(', ')}) is a vector, tokens or a feature map that differs from ` +
        'image to image',
    )
  return { image, choices, millisecondsPerImage: milliseconds / Math.max(1, timed) }
}

async function opened(graph: GraphData, openGraph: GraphOpener): ReturnType<GraphOpener> {
  try {
    return await openGraph(graph)
  } catch (cause) {
    throw new Error(`ONNX Runtime cannot run it (${firstLine(messageOf(cause))})`, { cause })
  }
}

function choicesOf(
  value: string,
  read: ReadonlyMap<ReadingMethod, readonly Float32Array[]>,
): readonly FeatureChoice[] {
  const labels = previewImages().map(({ label }) => label)
  return [...read].flatMap(([reading, vectors]) => {
    const length = vectors[0]!.length
    if (length > LONGEST_VECTOR || vectors.length !== labels.length || !areUseful(vectors)) return []
    return [{ value, reading, length, agreement: nearestAgree(vectors, labels) }]
  })
}

const firstLine = (text: string): string => text.split('\n', 1)[0]!.slice(0, 300)

/** The graph of a backbone, as a choice names it. */
export const graphFileOf = (
  path: string,
  { image, sha256, bytes, parameters }: OnnxInspection,
  { value, reading, length }: FeatureChoice,
): GraphFile => ({
  file: path,
  sha256,
  bytes,
  parameters,
  input: image.input,
  layout: image.layout,
  isHalf: image.isHalf,
  batch: image.batch,
  value,
  reading,
  length,
})
