/** What a version makes of a set of pictures, kept for measuring: logits and features of each. It judges nothing. */
import type { Preprocess } from '#lib/contracts/bundle.ts'
import type { Logits } from '#lib/domain/calibration.ts'
import { normalise, squareBytes } from '#lib/ml/preprocess/preprocess.ts'
import type { SampleSet } from '#lib/ml/learn/sample-set.ts'
import type { TrainingEngine } from '../ports.ts'

/** A version that an engine holds under a key. */
export type HeldVersion = {
  readonly engine: Pick<TrainingEngine, 'run' | 'load' | 'unload'>
  readonly key: string
  readonly spec: Preprocess
  readonly classes: number
  readonly signal: AbortSignal
}

/** `features`: count × length numbers; null where the engine gives none. */
export type VersionOutputs = { readonly logits: Logits; readonly features: Float32Array | null }

export type Squares = Pick<SampleSet, 'count' | 'read'>

const BATCH = 64

export async function seen(
  squares: Squares,
  { engine, key, spec, classes, signal }: HeldVersion,
): Promise<VersionOutputs> {
  const bytes = squareBytes(spec)
  const batch = new Uint8Array(BATCH * bytes)
  const pixels = new Float32Array(BATCH * bytes)
  const values = new Float32Array(squares.count * classes)
  let features: Float32Array | null = null
  for (let first = 0; first < squares.count; first += BATCH) {
    await new Promise((resolve) => setImmediate(resolve)) // lets a wish to stop come in: the engines block their thread
    signal.throwIfAborted()
    const count = Math.min(BATCH, squares.count - first)
    for (let i = 0; i < count; i++) squares.read(first + i, batch, i * bytes)
    normalise(batch.subarray(0, count * bytes), spec, pixels)
    const made = await engine.run(key, pixels.subarray(0, count * bytes), count)
    values.set(made.logits, first * classes)
    if (made.features) {
      features ??= new Float32Array((squares.count * made.features.length) / count)
      features.set(made.features, (first * made.features.length) / count)
    }
  }
  return { logits: { values, count: squares.count, classes }, features }
}
