'use client'
/** One prediction job: progress, images per class, errors, and what can be done with it. */
import { addressOf, call } from '#lib/contracts/client.ts'
import type { PredictionJobAnswer } from '#lib/contracts/prediction-jobs.ts'
import { counted } from '#lib/domain/text/count-text.ts'
import { Badge, type BadgeVariant } from '#lib/ui/badge.tsx'
import { Button, buttonProps } from '#lib/ui/button.tsx'
import { Card } from '#lib/ui/card.tsx'
import { durationText } from '#lib/ui/duration.ts'
import { ErrorNotice } from '#lib/ui/error-notice.tsx'
import { Icon } from '#lib/ui/icon.tsx'
import { Progress } from '#lib/ui/progress.tsx'
import { RelativeTime } from '#lib/ui/relative-time.tsx'
import { Table } from '#lib/ui/table.tsx'
import { Time } from '#lib/ui/time.tsx'
import { useMutation } from '../../../../../_components/use-mutation.ts'
import { DeleteJob } from './delete-job.tsx'

const STATES: Readonly<
  Record<PredictionJobAnswer['state'], readonly [label: string, variant: BadgeVariant]>
> = {
  queued: ['Queued', 'amber'],
  running: ['Running', 'accent'],
  done: ['Completed', 'good'],
  cancelled: ['Cancelled', 'plain'],
  failed: ['Failed', 'bad'],
}

export function JobCard({
  job,
  showsSender,
}: {
  readonly job: PredictionJobAnswer
  readonly showsSender: boolean
}) {
  const { isBusy, failure, mutate } = useMutation()
  const name = job.filename ?? counted(job.total, 'image')
  const [label, variant] = STATES[job.state]
  const isOver = job.ended_at !== null
  return (
    <Card title={name} aside={<Badge variant={variant}>{label}</Badge>}>
      <p className="small muted">
        {job.classifier} {job.model_version}
        {job.precision && ` (${job.precision})`}, sent <RelativeTime at={job.created_at} />
        {showsSender && ` by ${job.by ?? 'a client without a login'}`}
        {job.expires_at && (
          <>
            ; will be deleted on <Time at={job.expires_at} format="date" />
          </>
        )}
      </p>
      {isOver ? (
        <p>{job.message}</p>
      ) : (
        <Progress
          label={job.message}
          percent={job.progress}
          {...(job.eta_seconds !== null && { detail: `about ${durationText(job.eta_seconds)} left` })}
        />
      )}
      {job.error && <p role="alert">{job.error}</p>}
      {job.per_class.length > 0 && (
        <Table
          caption={`Images per class in ${name}`}
          hideCaption
          rows={job.per_class}
          keyOf={(row) => row.class}
          columns={[
            { name: 'Predicted class', cell: (row) => row.class },
            { name: 'Images', isNumeric: true, cell: (row) => row.count.toLocaleString('en') },
          ]}
        />
      )}
      {job.failures.length > 0 && (
        <details>
          <summary>
            {counted(job.failed, 'file')} without a prediction
            {job.failed > job.failures.length && `, the first ${job.failures.length} here`}
          </summary>
          <ul>
            {job.failures.map((one) => (
              <li key={one.index} className="small">
                {one.filename}: {one.error}
              </li>
            ))}
          </ul>
        </details>
      )}
      {failure && <ErrorNotice title="The job was not cancelled" failure={failure} />}
      <div className="row">
        {job.done > 0 &&
          (['csv', 'jsonl'] as const).map((format) => (
            <a
              key={format}
              href={addressOf('GET /api/predict/jobs/{id}/results', { id: job.id, format })}
              download
              {...buttonProps()}
            >
              <Icon name="download" />
              {format.toUpperCase()}
              <span className="sr-only"> of {name}</span>
            </a>
          ))}
        {!isOver && (
          <Button
            isBusy={isBusy}
            onClick={() => void mutate(() => call('POST /api/predict/jobs/{id}/cancel', { id: job.id }))}
          >
            Cancel<span className="sr-only"> {name}</span>
          </Button>
        )}
        {isOver && <DeleteJob id={job.id} name={name} />}
      </div>
    </Card>
  )
}
