/** The stages of a training run, in order, with their names for users. The recipe determines which of them a
 *  run has; each reports its own progress. */

export const RUN_STAGES = ['images', 'features', 'train', 'evaluate', 'save'] as const
export type RunStage = (typeof RUN_STAGES)[number]

export const isRunStage = (name: string | null): name is RunStage => RUN_STAGES.some((one) => one === name)

export const STAGE_TITLES: Readonly<Record<RunStage, string>> = {
  images: 'Reading images',
  features: 'Computing features',
  train: 'Training',
  evaluate: 'Evaluating',
  save: 'Saving',
}

/** Progress within one stage. `total` is null while it is unknown. */
export type StageProgress = {
  readonly stage: RunStage
  readonly done: number
  readonly total: number | null
  readonly etaSeconds: number | null
}

/** The start and end of each stage within the whole run, in percent. Training takes the most, except for a run
 *  that trains only the last layer. */
const SPANS: Readonly<Record<RunStage, readonly [from: number, to: number]>> = {
  images: [0, 5],
  features: [5, 10],
  train: [10, 90],
  evaluate: [90, 98],
  save: [98, 99],
}

/** Percent of the whole run; for a stage with unknown total, its start. */
export function overallPercent({
  stage,
  done,
  total,
}: Pick<StageProgress, 'stage' | 'done' | 'total'>): number {
  const [from, to] = SPANS[stage]
  return from + (to - from) * (total ? Math.min(1, done / total) : 0)
}
