/** What a probe of a training measured, each piece by itself: from these a forecast adds up any number of
 *  pictures and epochs. A type alone: lib/training/probe/probe.ts measures, forecast.ts adds up. */
import type { EngineName } from '#lib/domain/classifier.ts'

/** By the clock, and on all cores together. */
export type Cost = { readonly seconds: number; readonly cpuSeconds: number }

export type ProbeFigures = {
  readonly engine: EngineName
  /** The process until it can begin. */
  readonly start: Cost
  /** A picture: fetched, decoded and preprocessed. */
  readonly decode: Cost
  /** Network and weights read, or made; for `head` with several networks, choosing one of them. */
  readonly begin: Cost
  readonly learning: SteppedFigures | HeadFigures
  /** Sealing: what it takes whatever there is, and for each picture of each part. */
  readonly seal: {
    readonly always: Cost
    readonly perTest: Cost
    readonly perHeld: Cost
    readonly perTraining: Cost
  }
  /** The most that the probe held, which is what the training will hold: the same batches, the same sessions. */
  readonly memoryMb: number
}

export type SteppedFigures = {
  readonly kind: 'stepped'
  /** Pictures of a step. */
  readonly batch: number
  /** The learner made and its first step done. */
  readonly learner: Cost
  readonly step: Cost
  /** A picture of the choosing half, at the end of an epoch. */
  readonly choose: Cost
  readonly checkpoint: Cost
}

export type HeadFigures = {
  readonly kind: 'head'
  /** A picture turned into features, once. */
  readonly embed: Cost
  /** All tries, for each picture learnt from. */
  readonly fit: Cost
}
