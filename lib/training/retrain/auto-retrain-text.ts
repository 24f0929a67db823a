/** What automatic retraining does now, in a sentence for people. Pure. */
import type { AutoRetrainRecord } from '#lib/data/classifiers/auto-retrain.ts'
import { changesText, NIGHT, type AutoRetrainDecision, type RetrainAfter } from '#lib/domain/auto-retrain.ts'
import { counted } from '#lib/domain/text/count-text.ts'
import { spanWords } from './forecast.ts'

const AT_NIGHT = `between ${NIGHT.from}:00 and ${NIGHT.to}:00`

export function autoRetrainText(
  decision: AutoRetrainDecision,
  { sinceLive, live, failures, lastSeconds }: AutoRetrainRecord,
  after: RetrainAfter,
): string {
  const changes = changesText(sinceLive, live)
  switch (decision.kind) {
    case 'off':
      return 'Training starts only when a person starts it.'
    case 'up_to_date':
      return live === null
        ? 'There are no images to train on.'
        : `There are no new images since version ${live.slice(1)}.`
    case 'waiting':
      return `${changes}. ${waitingText(decision.missing, after)}`
    case 'suggest':
      return `${changes}${durationText(lastSeconds)}.`
    case 'busy':
      return `${changes}. Training starts after the run that is in progress.`
    case 'due':
      return `${changes}. Training starts within seconds.`
    case 'hindered':
      return `${changes}. Training cannot start automatically. ${capitalised(decision.why)}.`
    case 'paused':
      return pausedText(decision, failures.error)
  }
}

function pausedText(
  { failures, until }: Extract<AutoRetrainDecision, { kind: 'paused' }>,
  error: string | null,
): string {
  const reason = error === null ? '' : ` (${error.replace(/\.$/, '')})`
  const at = until.toISOString().slice(0, 16).replace('T', ' ')
  const inARow = failures === 1 ? '' : ' in a row'
  return (
    `${counted(failures, 'automatic training run')}${inARow} failed${reason}. The next one starts after ` +
    `${at} UTC at the earliest. To try now, start one yourself.`
  )
}

function waitingText(missing: number | null, after: RetrainAfter): string {
  if (after === 'nightly')
    return missing === null
      ? `Training starts at night, ${AT_NIGHT}.`
      : `Training starts at night, ${AT_NIGHT}, after the next new or corrected image.`
  return missing === null
    ? 'Training starts within a minute.'
    : `Training starts after ${missing.toLocaleString('en-GB')} more.`
}

const capitalised = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)

const durationText = (seconds: number | null): string =>
  seconds === null ? ': training is worthwhile' : `: training would take about ${spanWords(seconds)}`
