/** The outputs of a version for a set of images: logits and features of each. It evaluates nothing. */
import type { Preprocess } from '#lib/contracts/bundle.ts'
import type { RunPart } from '#lib/domain/run-parts.ts'
import type { Logits } from '#lib/domain/evaluation/calibration.ts'
import { normalise, squareBytes } from '#lib/ml/preprocess/preprocess.ts'
import type { SampleSet } from '#lib/ml/learn/sample-set.ts'
import type { TrainingEngine } from '../ports.ts'

/** A version that is loaded in an engine under a key. */
export type MeasuredModel = {
  readonly engine: Pick<TrainingEngine, 'run' | 'load' | 'unload'>
  readonly key: string
  readonly spec: Preprocess
  readonly classes: number
  /** Called with the number of images in each batch. */
  readonly onProgress: (images: number) => void
  readonly signal: AbortSignal
  /** Measures how long a part takes; absent where it is not measured. */
  readonly timed?: MeasurePart
}

export type MeasurePart = <T>(part: RunPart, work: () => Promise<T>) => Promise<T>

export const untimed: MeasurePart = (_part, work) => work()

/** `features`: count × length numbers; null when the engine returns none. */
export type VersionOutputs = { readonly logits: Logits; readonly features: Float32Array | null }

/** The outputs for images whose classes are known. */
export type LabelledOutputs = VersionOutputs & Pick<SampleSet, 'labels' | 'hashes'>

export type Squares = Pick<SampleSet, 'count' | 'read'>

const BATCH = 64

export const computeLabelled = async (set: SampleSet, loaded: MeasuredModel): Promise<LabelledOutputs> => ({
  ...(await computeOutputs(set, loaded)),
  labels: set.labels,
  hashes: set.hashes,
})

export async function computeOutputs(
  squares: Squares,
  { engine, key, spec, classes, onProgress, signal }: MeasuredModel,
): Promise<VersionOutputs> {
  const bytes = squareBytes(spec)
  const batch = new Uint8Array(BATCH * bytes)
  const pixels = new Float32Array(BATCH * bytes)
  const values = new Float32Array(squares.count * classes)
  let features: Float32Array | null = null
  for (let first = 0; first < squares.count; first += BATCH) {
    // lets a cancel request arrive: the engines block their thread
    await new Promise((resolve) => setImmediate(resolve))
    signal.throwIfAborted()
    const count = Math.min(BATCH, squares.count - first)
    for (let i = 0; i < count; i++) squares.read(first + i, batch, i * bytes)
    normalise(batch.subarray(0, count * bytes), spec, pixels)
    const outputs = await engine.run(key, pixels.subarray(0, count * bytes), count)
    values.set(outputs.logits, first * classes)
    if (outputs.features) {
      features ??= new Float32Array((squares.count * outputs.features.length) / count)
      features.set(outputs.features, (first * outputs.features.length) / count)
    }
    onProgress(count)
  }
  return { logits: { values, count: squares.count, classes }, features }
}
