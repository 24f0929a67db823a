/** How many images a step may hold within the memory that training may take: from the network's shapes, and
 *  what each engine was seen to take. It measures nothing itself. */
import type { EngineName } from '#lib/domain/classifier.ts'
import { DarkroomError } from '#lib/domain/errors.ts'
import { parameterCount, shapesOf, sizeOf, type Network } from '#lib/ml/network/network.ts'

type Cost = {
  /** Node, the engine and its proof, the images at hand. */
  readonly processMb: number
  /** Of each weight: itself, its gradient, moments, average, best, what a checkpoint holds, and what sessions
   *  make of it. */
  readonly weightCopies: number
  /** Of each number of a image's maps: itself, its gradient, and what the kernels take to make them. */
  readonly mapCopies: number
  /** Besides, of each number that a convolution hands to a pool: who was the largest is found out by passes
   *  over the whole map. */
  readonly pooledCopies: number
  /** Of the largest map, in the session that answers: of all its 16 images (32 on TensorFlow). */
  readonly answerCopies: number
}

/** Least squares over the peaks (VmHWM) of learning and answering: for `onnx` 16 of six networks of 0.3 to 2
 *  million weights and 28 to 96 pixels, pooled before and after batch norm, in batches of 4 to 128; 10 and 11
 *  for the others. All within 10 %, most within 5 %. 2026-11: docs/performance.md. */
const COSTS: Readonly<Record<EngineName, Cost>> = {
  onnx: { processMb: 118, weightCopies: 16.6, mapCopies: 0.93, pooledCopies: 2.7, answerCopies: 87 },
  wasm: { processMb: 180, weightCopies: 17, mapCopies: 1.13, pooledCopies: 2, answerCopies: 25 },
  'tfjs-node': { processMb: 368, weightCopies: 20, mapCopies: 0.95, pooledCopies: 0, answerCopies: 240 },
}
const SMALLEST = 4
/** What a small network needs for batches that still learn well; with it half a gigabyte holds all processes
 *  (docs/performance.md). */
const LEAST_MB = 216
const MOST_MB = 4096

type BatchProblem = { readonly network: Network; readonly batch: number; readonly engine: EngineName }

/** The most that a training holds with so many images to a step. */
export function trainingMb({ network, batch, engine }: BatchProblem): number {
  const { processMb, weightCopies, mapCopies, pooledCopies, answerCopies } = COSTS[engine]
  const shapes = shapesOf(network)
  const sizes = [...shapes.values()].map(sizeOf)
  const pooled = network.layers
    .filter((layer, i) => layer.kind === 'conv' && network.layers[i + 1]?.kind === 'maxPool')
    .map(({ name }) => sizeOf(shapes.get(name)!))
  const perPicture = mapCopies * sum(sizes) + pooledCopies * sum(pooled)
  const numbers =
    parameterCount(network) * weightCopies + perPicture * batch + Math.max(...sizes) * answerCopies
  return processMb + (numbers * Float32Array.BYTES_PER_ELEMENT) / 2 ** 20
}

/** The recipe's batch, halved until it fits; refused where not even a few images do. */
export function batchWithin(memoryMb: number, sized: BatchProblem): number {
  let batch = sized.batch
  while (batch > SMALLEST && trainingMb({ ...sized, batch }) > memoryMb) batch = Math.ceil(batch / 2)
  const needed = Math.ceil(trainingMb({ ...sized, batch }))
  if (needed > memoryMb) throw tooLarge(sized, { memoryMb, needed })
  return batch
}

/** What a training may take: the setting, or what is free for it, at least what a small network needs, at
 *  most what a large batch gains from. */
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
