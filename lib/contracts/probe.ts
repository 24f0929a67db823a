/** The figures of measuring a training run, each piece separately: a forecast combines them for any number of
 *  images and epochs. lib/training/probe measures; lib/training/retrain/forecast.ts adds up. */
import { z } from 'zod'
import { engine } from './fields.ts'

/** Elapsed time, and processor time of all cores together. */
const cost = z.object({ seconds: z.number(), cpuSeconds: z.number() })
export type Cost = z.output<typeof cost>

const steppedFigures = z.object({
  kind: z.literal('stepped'),
  /** Images per step. */
  batch: z.number().int(),
  /** The learner created and its first step done. */
  learner: cost,
  step: cost,
  /** An image of the validation half that chooses, at the end of an epoch. */
  choose: cost,
  checkpoint: cost,
})
export type SteppedFigures = z.output<typeof steppedFigures>

const headFigures = z.object({
  kind: z.literal('head'),
  /** The features of an image, computed once. */
  embed: cost,
  /** All tries, for each training image. */
  fit: cost,
  /** Views of each training image. */
  views: z.number().int(),
})
export type HeadFigures = z.output<typeof headFigures>

export const probeFigures = z.object({
  engine,
  /** The process until it can start. */
  start: cost,
  /** An image: read, decoded and preprocessed. */
  decode: cost,
  /** Network and weights read, or created; with several networks to start with, choosing one of them. */
  begin: cost,
  learning: z.discriminatedUnion('kind', [steppedFigures, headFigures]),
  /** Evaluating and saving: the fixed cost, and the cost per image of each part. */
  seal: z.object({ always: cost, perTest: cost, perHeld: cost, perTraining: cost }),
  /** The peak of the probe, which equals that of the training run: the same batches, the same sessions. */
  memoryMb: z.number(),
})
export type ProbeFigures = z.output<typeof probeFigures>

export const PROBE_FORMAT = 3

/** A file of figures; format 1 had only the figures, format 2 had no views. */
export const storedProbe = z.object({ format: z.literal(PROBE_FORMAT), figures: probeFigures })
