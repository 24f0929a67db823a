/** Which version of a classifier is live, or that it has none. */
import type { ClassifierAnswer } from '#lib/contracts/classifiers.ts'
import { Badge } from '#lib/ui/badge.tsx'

export function LiveBadge({
  classifier: { champion, live_version: live, fault },
}: {
  readonly classifier: ClassifierAnswer
}) {
  if (!champion) return <Badge variant="amber">not trained</Badge>
  if (fault === null) return <Badge variant="accent">{champion.version} live</Badge>
  return (
    <Badge variant="bad">
      {live === null ? 'no usable version' : `${live} live instead of ${champion.version}`}
    </Badge>
  )
}
