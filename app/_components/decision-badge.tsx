/** How sure an answer is, in words: by the version's own threshold, measured on pictures it had not seen. */
import type { PredictionAnswer } from '#lib/contracts/predict.ts'
import { Badge, type BadgeVariant } from '#lib/ui/badge.tsx'

type Decision = NonNullable<PredictionAnswer['decision']> | 'none'

/** The same words wherever a decision is shown or looked for; `none`: the version promises nothing yet. */
export const DECISION_WORDS: Readonly<Record<Decision, readonly [words: string, variant: BadgeVariant]>> = {
  confident: ['confident', 'good'],
  uncertain: ['not sure', 'amber'],
  unfamiliar: ['nothing it knows', 'bad'],
  none: ['no promise', 'plain'],
}

export function DecisionBadge({ decision }: { readonly decision: PredictionAnswer['decision'] }) {
  const [words, variant] = DECISION_WORDS[decision ?? 'none']
  return <Badge variant={variant}>{words}</Badge>
}
