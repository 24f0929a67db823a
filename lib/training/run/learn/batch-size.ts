/** How many images a step may hold within the memory that training may use: from the network's shapes and the
 *  measured memory of each engine. It measures nothing itself. */
import type { EngineName } from '#lib/domain/classifier.ts'
import { DarkroomError } from '#lib/domain/errors.ts'
import { graphOf, parameterCount, shapesOf, sizeOf, type Network } from '#lib/ml/network/network.ts'

type Cost = {
  /** Node, the engine and its self-test, the images in memory. */
  readonly processMb: number
  /** Copies of each weight: itself, its gradient, moments, average, best, the checkpoint's copy, and what sessions
   *  allocate for it. */
  readonly weightCopies: number
  /** Copies of each number of an image's feature maps: itself, its gradient, and the kernels' buffers. */
  readonly mapCopies: number
  /** Additional copies of each number that a convolution passes to a max pool: finding the position of the maximum
   *  takes passes over the whole map. */
  readonly pooledCopies: number
  /** Copies of the largest map in the session that predicts, for all its 16 images (32 on TensorFlow). */
  readonly predictionCopies: number
}

/** Least squares over the peaks (VmHWM) of training and predicting: for `onnx` 16 of six networks of 0.3 to 2
 *  million weights and 28 to 96 pixels, pooled before and after batch norm, in batches of 4 to 128; 10 and 11
 *  for the others. All within 10 %, most within 5 %. 2026-11: docs/performance.md. */
const COSTS: Readonly<Record<EngineName, Cost>> = {
  onnx: { processMb: 118, weightCopies: 16.6, mapCopies: 0.93, pooledCopies: 2.7, predictionCopies: 87 },
  wasm: { processMb: 180, weightCopies: 17, mapCopies: 1.13, pooledCopies: 2, predictionCopies: 25 },
  'tfjs-node': { processMb: 368, weightCopies: 20, mapCopies: 0.95, pooledCopies: 0, predictionCopies: 240 },
}
/** In the sessions from which `predictionCopies` was measured. */
const PREDICTED_AT_ONCE = 16
/** Images at a time when an ONNX file is examined. */
const EXAMINED_AT_ONCE = 8
const SMALLEST = 4
/** What a small network needs for batches that still train well; with it half a gigabyte holds all processes
 *  (docs/performance.md). */
const LEAST_MB = 216
const MOST_MB = 4096

type BatchProblem = { readonly network: Network; readonly batch: number; readonly engine: EngineName }

/** Peak memory of training, in MB, with this many images per step. */
export function trainingMb({ network, batch, engine }: BatchProblem): number {
  const { processMb, weightCopies, mapCopies, pooledCopies, predictionCopies } = COSTS[engine]
  const shapes = shapesOf(network)
  const sizes = [...shapes.values()].map(sizeOf)
  const pooled = network.layers
    .filter((layer, i) => layer.kind === 'conv' && network.layers[i + 1]?.kind === 'maxPool')
    .map(({ name }) => sizeOf(shapes.get(name)!))
  const perImage = mapCopies * sum(sizes) + pooledCopies * sum(pooled)
  const numbers =
    parameterCount(network) * weightCopies + perImage * batch + Math.max(...sizes) * predictionCopies
  return processMb + (numbers * Float32Array.BYTES_PER_ELEMENT) / 2 ** 20
}

/** The recipe's batch, halved until it fits.
 *  @throws DarkroomError `invalid_input` when not even a few images fit. */
export function batchWithin(memoryMb: number, sized: BatchProblem): number {
  let batch = sized.batch
  while (batch > SMALLEST && trainingMb({ ...sized, batch }) > memoryMb) batch = Math.ceil(batch / 2)
  const needed = Math.ceil(trainingMb({ ...sized, batch }))
  if (needed > memoryMb) throw tooLarge(sized, { memoryMb, needed })
  return batch
}

/** Images of one run of the network, where nothing is trained: halved from `most` until they fit, at least one. */
export function imagesAtOnce(
  memoryMb: number,
  { network, engine }: Omit<BatchProblem, 'batch'>,
  most: number,
): number {
  // the maps inside another program's graph are not known; it was examined with so many
  if (graphOf(network)) return Math.min(most, EXAMINED_AT_ONCE)
  const { processMb, predictionCopies } = COSTS[engine]
  const largest = Math.max(...[...shapesOf(network).values()].map(sizeOf))
  const imageMb =
    (largest * (predictionCopies / PREDICTED_AT_ONCE) * Float32Array.BYTES_PER_ELEMENT) / 2 ** 20
  const weightsMb = (parameterCount(network) * Float32Array.BYTES_PER_ELEMENT) / 2 ** 20
  let images = most
  while (images > 1 && processMb + 2 * weightsMb + images * imageMb > memoryMb) images = Math.ceil(images / 2)
  return images
}

/** The memory that training may use: the setting, or what is free, between the needs of a small network and the
 *  point from which a larger batch brings no gain. */
export const trainMemoryMb = (setting: number | 'auto', freeBytes: number): number =>
  setting === 'auto' ? Math.max(LEAST_MB, Math.min(MOST_MB, Math.floor(freeBytes / 2 ** 20))) : setting

const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0)

const tooLarge = (
  { network, engine }: BatchProblem,
  { memoryMb, needed }: { readonly memoryMb: number; readonly needed: number },
): DarkroomError =>
  new DarkroomError('invalid_input', {
    what: 'The whole network cannot be trained here',
    why:
      `its ${parameterCount(network).toLocaleString('en')} parameters need ${needed} MB on the ` +
      `engine ${engine}, even with small batches, and the limit for a training run is ${memoryMb} ` +
      'MB',
    remedy:
      `Train only the last layer (recipe "head"), or set TRAIN_MEMORY_MB=${needed} if that much ` +
      'memory is free, or use a machine with more memory.',
  })
