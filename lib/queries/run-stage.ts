/** The stage of a run in the form of its contract. */
import type { RunStageAnswer } from '#lib/contracts/retrain.ts'
import { overallPercent, STAGE_TITLES, type StageProgress } from '#lib/domain/run-stages.ts'
import type { Run } from '#lib/data/values.ts'

export const stageAnswer = ({ stage, done, total, etaSeconds }: StageProgress): RunStageAnswer => ({
  name: stage,
  title: STAGE_TITLES[stage],
  done,
  total,
  eta_seconds: etaSeconds,
})

/** Null when the run is in no stage. During training, progress is measured in steps. */
export function stageOf({ state, stage, step, steps, etaSeconds }: Run): StageProgress | null {
  if (state !== 'running' || stage === null) return null
  return stage.stage === 'train' && steps > 0
    ? { stage: 'train', done: step, total: steps, etaSeconds }
    : stage
}

/**
 * Percent of the whole run. Comparing is short and has no steps of its own; runs recorded without stages count
 * training steps only.
 */
export function progressOf(run: Run): number {
  if (run.state === 'done') return 100
  if (run.state === 'judging') return 99.5
  const stage = stageOf(run)
  if (stage) return rounded(overallPercent(stage))
  return run.steps === 0 ? 0 : Math.min(99, rounded((100 * run.step) / run.steps))
}

const rounded = (percent: number): number => Math.round(10 * percent) / 10
