/** The state of a training in a word, and what its verdict is called. */
import type { RunAnswer } from '#lib/contracts/retrain.ts'
import type { VerdictAnswer } from '#lib/contracts/models.ts'
import { Badge, type BadgeVariant } from '#lib/ui/badge.tsx'

const STATES: Readonly<Record<RunAnswer['state'], readonly [words: string, variant: BadgeVariant]>> = {
  queued: ['waiting', 'amber'],
  running: ['learning', 'accent'],
  judging: ['being compared', 'accent'],
  done: ['done', 'good'],
  cancelled: ['stopped', 'plain'],
  failed: ['failed', 'bad'],
}
const VERDICTS: Readonly<Record<VerdictAnswer['kind'], readonly [words: string, variant: BadgeVariant]>> = {
  first: ['the first version', 'plain'],
  better: ['better', 'good'],
  not_worse: ['not worse', 'good'],
  worse: ['worse', 'bad'],
  cannot_tell: ['cannot tell', 'amber'],
}

export function RunState({ state }: { readonly state: RunAnswer['state'] }) {
  const [words, variant] = STATES[state]
  return <Badge variant={variant}>{words}</Badge>
}

export function VerdictBadge({ kind }: { readonly kind: VerdictAnswer['kind'] }) {
  const [words, variant] = VERDICTS[kind]
  return <Badge variant={variant}>{words}</Badge>
}
