/** Training while people label: what the product does by itself when images were added or corrected. Pure: facts come
 *  in, one decision goes out. It trains nothing; whether a new version goes live is the gate's decision. */
import { counted } from './text/count-text.ts'

/** off: nothing. suggest: says what a training run would use, and never starts one. on: starts one. */
export const AUTO_RETRAIN = ['off', 'suggest', 'on'] as const
export type AutoRetrain = (typeof AUTO_RETRAIN)[number]

/** Who did it, in the audit log and at a promotion. */
export const AUTOMATIC = 'automatic retraining'

/** At night, or after so many new or corrected images. */
export type RetrainAfter = 'nightly' | number

/** Hours of the machine's clock between which `nightly` starts a run: a machine that was off at night does not train in
 *  the morning. */
export const NIGHT = { from: 2, to: 6 } as const
/** Between the starts of two runs that no person started: labelling for an hour makes at most 60 versions. */
export const APART_MS = 60_000
/** After a failure, doubled with each further one. */
export const BACK_OFF_MS = 600_000
const LONGEST_BACK_OFF_MS = 86_400_000

export type LabelChanges = { readonly images: number; readonly corrections: number }

export type AutoRetrainFacts = {
  readonly policy: AutoRetrain
  readonly after: RetrainAfter
  /** New and corrected images since the live version was trained. */
  readonly sinceLive: LabelChanges
  /** The same since the latest run of any kind: what the gate has turned down does not count twice. */
  readonly sinceRun: LabelChanges
  /** Milliseconds since 1970. Of the latest run that started by itself. */
  readonly lastAutomaticAt: number | null
  /** Runs that started by themselves and failed, one after another, and when the last of them ended. */
  readonly failures: { readonly count: number; readonly endedAt: number }
  /** A training run of any classifier is queued or in progress. */
  readonly isTraining: boolean
  readonly now: Date
}

export type AutoRetrainDecision =
  | { readonly kind: 'off' }
  /** Nothing was labelled since the live version. */
  | { readonly kind: 'up_to_date' }
  /** So many images are missing; null: it is a matter of time. */
  | { readonly kind: 'waiting'; readonly missing: number | null }
  /** A person decides. */
  | { readonly kind: 'suggest' }
  | { readonly kind: 'paused'; readonly until: Date; readonly failures: number }
  /** Determined by the caller: why no run can start now, such as a full disk or too few images. */
  | { readonly kind: 'hindered'; readonly why: string }
  /** Another training run is queued or in progress. */
  | { readonly kind: 'busy' }
  | { readonly kind: 'due' }

export function decideAutoRetrain(facts: AutoRetrainFacts): AutoRetrainDecision {
  const { policy, after, sinceLive, sinceRun, now } = facts
  if (policy === 'off') return { kind: 'off' }
  if (sinceLive.images === 0) return { kind: 'up_to_date' }
  if (policy === 'suggest')
    return after === 'nightly' || sinceLive.images >= after
      ? { kind: 'suggest' }
      : { kind: 'waiting', missing: after - sinceLive.images }
  if (sinceRun.images === 0) return { kind: 'waiting', missing: after === 'nightly' ? 1 : after }
  if (after !== 'nightly' && sinceRun.images < after)
    return { kind: 'waiting', missing: after - sinceRun.images }
  if (after === 'nightly' && !isNight(facts)) return { kind: 'waiting', missing: null }
  const until = pausedUntil(facts)
  if (until.getTime() > now.getTime())
    return facts.failures.count > 0
      ? { kind: 'paused', until, failures: facts.failures.count }
      : { kind: 'waiting', missing: null }
  if (facts.isTraining) return { kind: 'busy' }
  return { kind: 'due' }
}

/** Within the hours of the night, and not yet in this one. */
function isNight({ lastAutomaticAt, now }: AutoRetrainFacts): boolean {
  const hour = now.getHours()
  if (hour < NIGHT.from || hour >= NIGHT.to) return false
  const began = new Date(now)
  began.setHours(NIGHT.from, 0, 0, 0)
  return lastAutomaticAt === null || lastAutomaticAt < began.getTime()
}

function pausedUntil({ failures, lastAutomaticAt }: AutoRetrainFacts): Date {
  const backOff =
    failures.count === 0
      ? -Infinity
      : failures.endedAt + Math.min(LONGEST_BACK_OFF_MS, BACK_OFF_MS * 2 ** (failures.count - 1))
  const apart = lastAutomaticAt === null ? -Infinity : lastAutomaticAt + APART_MS
  return new Date(Math.max(0, backOff, apart))
}

/** "12 corrections since version 4", "8 new images and 12 corrections since version 4". */
export function changesText({ images, corrections }: LabelChanges, live: string | null): string {
  const added = images - corrections
  const parts = [
    ...(added > 0 ? [counted(added, 'new image')] : []),
    ...(corrections > 0 ? [counted(corrections, 'correction')] : []),
  ]
  const what = parts.length === 0 ? 'No new images' : parts.join(' and ')
  return live === null ? what : `${what} since version ${live.replace(/^v/, '')}`
}
