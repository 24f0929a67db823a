/** What a run receives from outside: an engine, its samples, a clock, and where to report. Types only; they are
 *  implemented in lib/processes and lib/commands. */
import type { FromTraining } from '#lib/contracts/ipc.ts'
import type { RunPlan } from '#lib/contracts/training-plan.ts'
import type { EngineName } from '#lib/domain/classifier.ts'
import type { Learner, LearnerSpec } from '#lib/ml/learn/learner.ts'
import type { Network, Weights } from '#lib/ml/network/network.ts'
import type { OpenExtremes } from '#lib/ml/quantise/calibrate.ts'
import type { Ranges } from '#lib/ml/quantise/quantised-graph.ts'
import type { PackSource } from './data/pack.ts'

/** The part of an engine that a run uses; lib/engines has the complete interface. */
export type TrainingEngine = {
  readonly name: EngineName
  readonly detail: string
  readonly learner: (spec: LearnerSpec) => Promise<Learner>
  readonly load: (
    key: string,
    model: { readonly network: Network; readonly weights: Weights; readonly ranges?: Ranges },
  ) => Promise<void>
  /** Absent: it computes with float32 only. */
  readonly openExtremes?: OpenExtremes
  readonly unload: (key: string) => Promise<void>
  readonly run: (
    key: string,
    pixels: Float32Array,
    count: number,
  ) => Promise<{ readonly logits: Float32Array; readonly features: Float32Array | null }>
}

export type RunPorts = {
  readonly engine: TrainingEngine
  /** The engine that serves 8-bit numbers, where `engine` does not; null: this machine has none. */
  readonly openInt8Engine?: () => Promise<(TrainingEngine & AsyncDisposable) | null>
  /** The samples of the plan with their encoded images. */
  readonly samples: (plan: RunPlan) => AsyncIterable<PackSource>
  /** Counts one more use of this list of test images; returns how often it has been used. */
  readonly openTest: (hashes: readonly string[]) => Promise<number>
  readonly report: (message: FromTraining) => void
  /** A monotonic clock, in seconds. */
  readonly clock: () => number
  readonly now: () => Date
  readonly memoryMb: () => number
  readonly machine: string
  readonly signal: AbortSignal
}
