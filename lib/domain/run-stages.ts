/** The stages of a training run, in their order, and what a person calls them. Which of them a run has, its
 *  recipe decides; each reports its own progress. */

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

/** How far a run is within one stage. `total` is null while it is not known. */
export type StageProgress = {
  readonly stage: RunStage
  readonly done: number
  readonly total: number | null
  readonly etaSeconds: number | null
}

/** Where each stage begins and ends in the whole run, in percent. Training takes the most, unless it is of the
 *  last layer alone. */
const SPANS: Readonly<Record<RunStage, readonly [from: number, to: number]>> = {
  images: [0, 5],
  features: [5, 10],
  train: [10, 90],
  evaluate: [90, 98],
  save: [98, 99],
}

/** Percent of the whole run: of a stage whose total is not known, its beginning. */
export function overallPercent({
  stage,
  done,
  total,
}: Pick<StageProgress, 'stage' | 'done' | 'total'>): number {
  const [from, to] = SPANS[stage]
  return from + (to - from) * (total ? Math.min(1, done / total) : 0)
}
