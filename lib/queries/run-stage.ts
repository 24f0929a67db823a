/** The stage of a run as the contract says it. */
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

/** Null where the run is in no stage now. Within training its steps say how far it is. */
export function stageOf({ state, stage, step, steps, etaSeconds }: Run): StageProgress | null {
  if (state !== 'running' || stage === null) return null
  return stage.stage === 'train' && steps > 0
    ? { stage: 'train', done: step, total: steps, etaSeconds }
    : stage
}

/** Percent of the whole run. Comparing is short and has no steps of its own; runs from before there were stages
 *  count the steps of training alone. */
export function progressOf(run: Run): number {
  if (run.state === 'done') return 100
  if (run.state === 'judging') return 99.5
  const stage = stageOf(run)
  if (stage) return rounded(overallPercent(stage))
  return run.steps === 0 ? 0 : Math.min(99, rounded((100 * run.step) / run.steps))
}

const rounded = (percent: number): number => Math.round(10 * percent) / 10
