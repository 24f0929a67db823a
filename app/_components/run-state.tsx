/** Badges for the state of a training run and for its evaluation result. */
import type { RunAnswer } from '#lib/contracts/retrain.ts'
import type { VerdictAnswer } from '#lib/contracts/models.ts'
import { Badge, type BadgeVariant } from '#lib/ui/badge.tsx'

const STATES: Readonly<Record<RunAnswer['state'], readonly [label: string, variant: BadgeVariant]>> = {
  queued: ['Queued', 'amber'],
  running: ['Training', 'accent'],
  judging: ['Evaluating', 'accent'],
  done: ['Completed', 'good'],
  cancelled: ['Stopped', 'plain'],
  failed: ['Failed', 'bad'],
}
const EVALUATIONS: Readonly<Record<VerdictAnswer['kind'], readonly [label: string, variant: BadgeVariant]>> =
  {
    first: ['First version', 'plain'],
    better: ['Better', 'good'],
    not_worse: ['Not worse', 'good'],
    worse: ['Worse', 'bad'],
    equal: ['Equal', 'good'],
    cannot_tell: ['Inconclusive', 'amber'],
  }

export function RunState({ state }: { readonly state: RunAnswer['state'] }) {
  const [label, variant] = STATES[state]
  return <Badge variant={variant}>{label}</Badge>
}

export function EvaluationBadge({ kind }: { readonly kind: VerdictAnswer['kind'] }) {
  const [label, variant] = EVALUATIONS[kind]
  return <Badge variant={variant}>{label}</Badge>
}
