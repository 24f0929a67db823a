/** The interface of every engine: inference with a network, or a learner for it. It knows neither
 *  images nor classes; types only, `open-engine.ts` opens an engine. */
import type { EngineName } from '#lib/domain/classifier.ts'
import type { Learner, LearnerSpec } from '#lib/ml/learn/learner.ts'
import type { Network, Weights } from '#lib/ml/network/network.ts'
import type { OpenExtremes } from '#lib/ml/quantise/calibrate.ts'
import type { Ranges } from '#lib/ml/quantise/quantised-graph.ts'

export interface Engine extends AsyncDisposable {
  readonly name: EngineName
  /** Library, version, threads, layout: for health and cards. */
  readonly detail: string
  /** With `ranges` as 8-bit numbers, for which the engine must have `openExtremes`. */
  load(
    key: string,
    model: { readonly network: Network; readonly weights: Weights; readonly ranges?: Ranges },
  ): Promise<void>
  unload(key: string): Promise<void>
  /** `pixels`: count × size × size × channels (NHWC), normalised. Returns count × classes logits and the
   *  penultimate features. */
  run(
    key: string,
    pixels: Float32Array,
    count: number,
  ): Promise<{ readonly logits: Float32Array; readonly features: Float32Array | null }>
  learner(spec: LearnerSpec): Promise<Learner>
  /** The numbers that occur in a network, for the ranges of 8-bit numbers; absent: this engine computes with float32
   *  only. */
  readonly openExtremes?: OpenExtremes
}

export type Purpose = 'inference' | 'training'

export type Probe = { readonly name: EngineName; readonly available: boolean; readonly detail: string }
