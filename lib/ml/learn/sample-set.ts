/** The source of images for training and evaluation: packed squares with their labels, wherever they are stored.
 *  Interfaces and batches; the packed file itself is in lib/training. */
import type { Preprocess } from '#lib/contracts/bundle.ts'
import { augment, sampleSeed, type Augmentation } from './augment.ts'
import type { Batch } from './learner.ts'
import { normalise, squareBytes } from '../preprocess/preprocess.ts'
import { createRandom, mixSeeds } from '../random.ts'

export type SampleSet = {
  readonly count: number
  /** Content hash of each sample. */
  readonly hashes: readonly string[]
  /** Index of each sample's class. */
  readonly labels: Int32Array
  /** The target of each sample when a label alone does not define it: count × classes
   *  probabilities, or null. */
  readonly targets: Float32Array | null
  /** Writes the packed square of one sample to `offset` of `out`. */
  readonly read: (index: number, out: Uint8Array, offset: number) => void
}

/** The order of an epoch: a Fisher–Yates shuffle that depends only on the seed and the epoch. */
export function orderOf(count: number, seed: number, epoch: number): Int32Array {
  const order = Int32Array.from({ length: count }, (_, i) => i)
  const random = createRandom(mixSeeds(seed, epoch, 0x5eed))
  for (let i = count - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1))
    const swapped = order[i]!
    order[i] = order[j]!
    order[j] = swapped
  }
  return order
}

export type BatchMaker = {
  readonly of: (indices: Int32Array, epoch: number) => Batch
}

/** Makes training batches in two reused buffers, so that memory does not grow with the data.
 *  Smoothing: Szegedy et al. 2016 (arXiv:1512.00567): (1 − s) on the label, s spread over all classes. */
export function batchMaker(
  set: SampleSet,
  how: {
    spec: Preprocess
    classes: number
    batch: number
    augment: Augmentation
    smoothing: number
    seed: number
  },
): BatchMaker {
  const { spec, classes } = how
  const bytes = squareBytes(spec)
  const seeds = Uint32Array.from(set.hashes, sampleSeed)
  const plain = new Uint8Array(bytes)
  const squares = new Uint8Array(bytes * how.batch)
  const pixels = new Float32Array(bytes * how.batch)
  const targets = new Float32Array(classes * how.batch)
  return {
    of(indices, epoch) {
      indices.forEach((index, i) => {
        set.read(index, plain, 0)
        const out = squares.subarray(i * bytes, (i + 1) * bytes)
        augment(plain, out, { square: spec, how: how.augment, seed: how.seed, epoch, sample: seeds[index]! })
        fillTarget(set, index, targets.subarray(i * classes, (i + 1) * classes), how.smoothing)
      })
      const count = indices.length
      normalise(squares.subarray(0, count * bytes), spec, pixels)
      return {
        pixels: pixels.subarray(0, count * bytes),
        targets: targets.subarray(0, count * classes),
        count,
      }
    },
  }
}

function fillTarget(set: SampleSet, index: number, row: Float32Array, smoothing: number): void {
  if (set.targets) {
    row.set(set.targets.subarray(index * row.length, (index + 1) * row.length))
    return
  }
  row.fill(smoothing / row.length)
  row[set.labels[index]!]! += 1 - smoothing
}

/** All samples in their order, in chunks, without changes. */
export function* plainBatches(
  set: SampleSet,
  spec: Preprocess,
  batch: number,
): Generator<{ pixels: Float32Array; count: number; first: number }> {
  const bytes = squareBytes(spec)
  const squares = new Uint8Array(bytes * batch)
  const pixels = new Float32Array(bytes * batch)
  for (let first = 0; first < set.count; first += batch) {
    const count = Math.min(batch, set.count - first)
    for (let i = 0; i < count; i++) set.read(first + i, squares, i * bytes)
    normalise(squares.subarray(0, count * bytes), spec, pixels)
    yield { pixels: pixels.subarray(0, count * bytes), count, first }
  }
}

/** A subset, in the order of the given indices. */
export function subsetOf(set: SampleSet, indices: readonly number[], classes: number): SampleSet {
  const targets =
    set.targets &&
    Float32Array.from(indices.flatMap((i) => [...set.targets!.subarray(i * classes, (i + 1) * classes)]))
  return {
    count: indices.length,
    hashes: indices.map((i) => set.hashes[i]!),
    labels: Int32Array.from(indices, (i) => set.labels[i]!),
    targets,
    read: (index, out, offset) => set.read(indices[index]!, out, offset),
  }
}
