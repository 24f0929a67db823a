/** Whether a training runs, how far it is, and when the last one ended. */
import Link from 'next/link'
import { looksLikeButton } from '#lib/ui/button.tsx'
import { Card } from '#lib/ui/card.tsx'
import { Progress } from '#lib/ui/progress.tsx'
import { RelativeTime } from '#lib/ui/relative-time.tsx'
import type { RetrainFigures } from './followed-figures.ts'

export function RetrainCard({
  retrain,
  mayRetrain,
}: {
  readonly retrain: RetrainFigures
  readonly mayRetrain: boolean
}) {
  const { is_running: isRunning, progress, message, last_retrain_time: last, classifier } = retrain
  return (
    <Card
      title="Retraining"
      actions={
        mayRetrain && (
          <Link
            href={classifier ? `/retrain?classifier=${classifier}` : '/retrain'}
            {...looksLikeButton({ size: 'small' })}
          >
            {isRunning ? 'Watch it' : 'Training runs'}
          </Link>
        )
      }
    >
      {isRunning ? (
        <Progress label={`${classifier ?? 'A classifier'} is being trained`} percent={progress} />
      ) : (
        <p>Nothing is being trained.</p>
      )}
      <p className="small muted">{message}</p>
      <dl className="facts">
        <div>
          <dt>Last training ended</dt>
          <dd>{last === null ? 'never' : <RelativeTime at={last} />}</dd>
        </div>
      </dl>
    </Card>
  )
}
