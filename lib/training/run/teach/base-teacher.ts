/** Training on new images without the old ones: the version that the run starts with predicts in their place
 *  (Li and Hoiem 2016, "Learning without forgetting", arXiv:1606.09282). It is used only when the old images
 *  are not on this machine. */
import type { Preprocess } from '#lib/contracts/bundle.ts'
import { softmax } from '#lib/domain/evaluation/calibration.ts'
import type { RgbImage } from '#lib/domain/image.ts'
import { drawShape, SHAPES } from '#lib/domain/drawn-shapes.ts'
import { answerOf, logitsOf } from '#lib/ml/evaluate/evaluate.ts'
import { readBundle } from '#lib/ml/formats/bundle.ts'
import type { SampleSet } from '#lib/ml/learn/sample-set.ts'
import { preprocess } from '#lib/ml/preprocess/preprocess.ts'
import type { TrainingEngine } from '../ports.ts'

const KEY = 'teacher'
const BATCH = 64

export type BaseTeacher = {
  /** Of the version that the run starts with. */
  readonly folder: string
  /** The share of each target that is its prediction. */
  readonly share: number
  /** The number of synthetic images that are added. */
  readonly rehearsal: number
}

export type BaseTeacherPorts = {
  /** Of the new network, in the order of its outputs; the version's own come first. */
  readonly classes: readonly string[]
  readonly spec: Preprocess
  readonly engine: Pick<TrainingEngine, 'load' | 'unload' | 'run'>
  readonly onProgress: (images: number) => void
  readonly signal: AbortSignal
}

/** The set with rehearsal images after it, and the version's predictions in the targets of both. */
export async function withBaseTeacher(
  set: SampleSet,
  { folder, share, rehearsal }: BaseTeacher,
  { classes, spec, engine, onProgress, signal }: BaseTeacherPorts,
): Promise<SampleSet> {
  const { network, weights } = await readBundle(folder)
  const all = withRehearsal(set, rehearsal, spec)
  await engine.load(KEY, { network, weights })
  try {
    const predict = async (pixels: Float32Array, count: number) => {
      const { logits } = await engine.run(KEY, pixels, count)
      onProgress(count)
      return logits
    }
    const logits = await logitsOf(predict, all, { spec, classes: network.classes, batch: BATCH, signal })
    const outputs = classes.length
    const targets = new Float32Array(all.count * outputs)
    const labels = all.labels.slice()
    for (let i = 0; i < all.count; i++) {
      const isRehearsal = i >= set.count
      const ownShare = isRehearsal ? 1 : share
      const probabilities = softmax(logits.values.subarray(i * network.classes, (i + 1) * network.classes))
      probabilities.forEach((p, k) => {
        targets[i * outputs + k] = ownShare * p
      })
      if (isRehearsal) labels[i] = answerOf(logits, i)
      else targets[i * outputs + labels[i]!]! += 1 - ownShare
    }
    return { ...all, labels, targets }
  } finally {
    await engine.unload(KEY)
  }
}

/** Adds synthetic images after the real ones, so that the version's predictions for them are preserved. */
function withRehearsal(set: SampleSet, count: number, spec: Preprocess): SampleSet {
  const squares = Array.from({ length: count }, (_, i) => preprocess(rehearsalImage(i), spec))
  return {
    count: set.count + count,
    hashes: [...set.hashes, ...squares.map((_, i) => i.toString(16).padStart(64, '0'))],
    labels: Int32Array.from({ length: set.count + count }, (_, i) => set.labels[i] ?? 0),
    targets: null,
    read(index, out, offset) {
      if (index < set.count) set.read(index, out, offset)
      else out.set(squares[index - set.count]!, offset)
    },
  }
}

const rehearsalImage = (i: number): RgbImage => drawShape(SHAPES[i % SHAPES.length]!, 9_000_000 + i)
