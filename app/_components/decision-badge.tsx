/** How sure an answer is, in words: by the version's own threshold, measured on pictures it had not seen. */
import type { PredictionAnswer } from '#lib/contracts/predict.ts'
import { Badge } from '#lib/ui/badge.tsx'

export function DecisionBadge({ decision }: { readonly decision: PredictionAnswer['decision'] }) {
  switch (decision) {
    case 'confident': return <Badge variant="good">confident</Badge>
    case 'uncertain': return <Badge variant="amber">not sure</Badge>
    case 'unfamiliar': return <Badge variant="bad">nothing it knows</Badge>
    case null: return <Badge>no promise</Badge>
  }
}
