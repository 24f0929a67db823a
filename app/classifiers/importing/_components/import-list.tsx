'use client'
/** Imports, newest first, with their progress; read again while one of them runs. */
import Link from 'next/link'
import { call } from '#lib/contracts/client.ts'
import type { ImportJobAnswer } from '#lib/contracts/imports.ts'
import { classifierPage } from '#lib/domain/classifier-pages.ts'
import { Badge, type BadgeVariant } from '#lib/ui/badge.tsx'
import { Button, buttonProps } from '#lib/ui/button.tsx'
import { Card } from '#lib/ui/card.tsx'
import { ErrorNotice } from '#lib/ui/error-notice.tsx'
import { Progress } from '#lib/ui/progress.tsx'
import { RelativeTime } from '#lib/ui/relative-time.tsx'
import { useMutation } from '../../../_components/use-mutation.ts'
import { useRefreshWhile } from '../../../_components/use-refresh-while.ts'

export function ImportList({ jobs }: { readonly jobs: readonly ImportJobAnswer[] }) {
  useRefreshWhile(jobs.some(({ ended_at }) => ended_at === null))
  return (
    <section className="stack" aria-label="Imports">
      {jobs.map((job) => (
        <ImportCard key={job.id} job={job} />
      ))}
    </section>
  )
}

const STATES: Readonly<Record<ImportJobAnswer['state'], readonly [label: string, variant: BadgeVariant]>> = {
  queued: ['Queued', 'amber'],
  running: ['Running', 'accent'],
  done: ['Completed', 'good'],
  cancelled: ['Cancelled', 'plain'],
  failed: ['Failed', 'bad'],
}

function ImportCard({ job }: { readonly job: ImportJobAnswer }) {
  const { isBusy, failure, mutate } = useMutation()
  const [label, variant] = STATES[job.state]
  return (
    <Card title={job.filename} aside={<Badge variant={variant}>{label}</Badge>}>
      <p className="small muted">
        Sent <RelativeTime at={job.created_at} />
      </p>
      {job.ended_at === null && <Progress label={job.message} percent={job.progress} />}
      {job.error !== null && <p role="alert">{job.error}</p>}
      {job.ended_at !== null && job.error === null && <p>{job.message}</p>}
      {failure && <ErrorNotice title="The import was not cancelled" failure={failure} />}
      {(job.ended_at === null || job.state === 'done') && (
        <div className="row">
          {job.ended_at === null && (
            <Button
              isBusy={isBusy}
              onClick={() => void mutate(() => call('POST /api/imports/jobs/{id}/cancel', { id: job.id }))}
            >
              Cancel<span className="sr-only"> {job.filename}</span>
            </Button>
          )}
          {job.state === 'done' && job.classifier !== null && (
            <Link
              {...buttonProps({ variant: 'primary' })}
              href={classifierPage(job.classifier, job.model_version ? `versions/${job.model_version}` : '')}
            >
              Open {job.classifier} {job.model_version}
            </Link>
          )}
        </div>
      )}
    </Card>
  )
}
