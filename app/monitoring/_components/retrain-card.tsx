/** The active training run and its progress, and when the last one ended. */
import Link from 'next/link'
import { classifierPage } from '#lib/domain/classifier-pages.ts'
import { buttonProps } from '#lib/ui/button.tsx'
import { Card } from '#lib/ui/card.tsx'
import { Fact, Facts } from '#lib/ui/facts.tsx'
import { Progress } from '#lib/ui/progress.tsx'
import { RelativeTime } from '#lib/ui/relative-time.tsx'
import type { TrainingStatus } from './use-metrics.ts'

export function RetrainCard({
  retrain,
  mayRetrain,
}: {
  readonly retrain: TrainingStatus
  readonly mayRetrain: boolean
}) {
  const { is_running: isRunning, progress, message, last_retrain_time: last, classifier } = retrain
  return (
    <Card
      title="Training"
      actions={
        mayRetrain &&
        classifier !== null && (
          <Link href={classifierPage(classifier, 'train')} {...buttonProps({ size: 'small' })}>
            {isRunning ? 'Show progress' : 'Training runs'}
          </Link>
        )
      }
    >
      {isRunning ? (
        <Progress label={`${classifier ?? 'A classifier'} is being trained`} percent={progress} />
      ) : (
        <p>No training run is active.</p>
      )}
      <p className="small muted">{message}</p>
      <Facts>
        <Fact name="Last training run ended">{last === null ? 'never' : <RelativeTime at={last} />}</Fact>
      </Facts>
    </Card>
  )
}
