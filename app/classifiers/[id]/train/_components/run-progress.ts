/** How far a training run is, as the page shows it: the stage, what is done of it, and how long that takes. The
 *  server says it with the run; `stage` and `step` events continue it in between. */
import type { RunEvent } from '#lib/contracts/client.ts'
import type { RunAnswer } from '#lib/contracts/retrain.ts'
import { overallPercent, STAGE_TITLES, type RunStage } from '#lib/domain/run-stages.ts'
import { durationText } from '#lib/ui/duration.ts'

type ProgressEvent = Extract<RunEvent, { kind: 'stage' | 'step' }>
type Stage = NonNullable<RunAnswer['stage']>

const UNITS: Readonly<Record<RunStage, string>> = {
  images: 'images',
  features: 'images',
  train: 'steps',
  evaluate: 'images',
  save: 'files',
}

export const isUnderWay = ({ state }: Pick<RunAnswer, 'state'>): boolean =>
  state === 'queued' || state === 'running' || state === 'judging'

/** 100 % is reached only with the evaluation result. */
export function advancedRun(run: RunAnswer, event: ProgressEvent): RunAnswer {
  if (run.state !== 'running') return run
  const stage = stageOf(event)
  const percent = overallPercent({ stage: stage.name, done: stage.done, total: stage.total })
  return { ...run, stage, message: `${stage.title}.`, progress: Math.max(run.progress, percent) }
}

function stageOf(event: ProgressEvent): Stage {
  switch (event.kind) {
    case 'stage': {
      const { name, title, done, total, eta_seconds } = event
      return { name, title, done, total, eta_seconds }
    }
    case 'step':
      return {
        name: 'train',
        title: STAGE_TITLES.train,
        done: event.step,
        total: event.steps,
        eta_seconds: event.eta_seconds,
      }
  }
}

export type RunProgress = {
  readonly label: string
  /** Of the stage; null while its size is not known. */
  readonly percent: number | null
  readonly detail: string
}

export function runProgress({ state, stage, message, progress }: RunAnswer): RunProgress {
  if (state === 'queued') return { label: message, percent: null, detail: '' }
  if (!stage) return { label: message, percent: progress, detail: `${Math.floor(progress)} %` }
  const { name, title, done, total, eta_seconds: remaining } = stage
  const count = done.toLocaleString('en')
  const amount = total === null ? count : `${count} of ${total.toLocaleString('en')}`
  const time = remaining === null ? '' : `, about ${durationText(remaining)} remaining`
  return {
    label: title,
    percent: total === null ? null : (100 * done) / Math.max(1, total),
    detail: `${amount} ${UNITS[name]}${time}`,
  }
}
