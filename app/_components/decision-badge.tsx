/** The confidence level of a prediction, by the version's calibrated thresholds. */
import type { PredictionAnswer } from '#lib/contracts/predict.ts'
import { Badge, type BadgeVariant } from '#lib/ui/badge.tsx'

type Decision = NonNullable<PredictionAnswer['decision']> | 'none'

/** The same label wherever a level is shown or filtered by; `none`: the version is not calibrated. */
export const DECISION_LABELS: Readonly<Record<Decision, readonly [label: string, variant: BadgeVariant]>> = {
  confident: ['Confident', 'good'],
  uncertain: ['Uncertain', 'amber'],
  unfamiliar: ['Unfamiliar image', 'bad'],
  none: ['Not calibrated', 'plain'],
}

export function DecisionBadge({ decision }: { readonly decision: PredictionAnswer['decision'] }) {
  const [label, variant] = DECISION_LABELS[decision ?? 'none']
  return <Badge variant={variant}>{label}</Badge>
}
