'use client'
/** Backups: the last one, the active one, all available ones, and a button that creates one now. */
import { call } from '#lib/contracts/client.ts'
import type { Output } from '#lib/contracts/contract.ts'
import type { Routes } from '#lib/contracts/index.ts'
import { counted } from '#lib/domain/text/count-text.ts'
import { Badge } from '#lib/ui/badge.tsx'
import { Button } from '#lib/ui/button.tsx'
import { Card } from '#lib/ui/card.tsx'
import { EmptyState } from '#lib/ui/empty-state.tsx'
import { ErrorNotice } from '#lib/ui/error-notice.tsx'
import { FigureNumber } from '#lib/ui/figure-number.tsx'
import { Progress } from '#lib/ui/progress.tsx'
import { RelativeTime } from '#lib/ui/relative-time.tsx'
import { Table } from '#lib/ui/table.tsx'
import { Time } from '#lib/ui/time.tsx'
import { useMutation } from '../../_components/use-mutation.ts'
import { useRefreshWhile } from '../../_components/use-refresh-while.ts'

type BackupsAnswer = Output<Routes['GET /api/backups']>
type RunningBackup = NonNullable<BackupsAnswer['running']>

const REASONS: Readonly<Record<BackupsAnswer['backups'][number]['reason'], string>> = {
  schedule: 'scheduled',
  request: 'requested',
  command: 'command line',
}
const PHASES: Readonly<Record<NonNullable<RunningBackup['phase']>, string>> = {
  files: 'Copying files',
  database: 'Copying the database',
  verifying: 'Verifying',
}

export function BackupsCard({
  backups: { folder, every, keep, next_at, backups, running, last_failure, is_on_data_disk },
}: {
  readonly backups: BackupsAnswer
}) {
  const { isBusy, failure, mutate } = useMutation()
  const cancelling = useMutation()
  useRefreshWhile(running !== null)
  const last = backups[0]
  return (
    <>
      <Card
        title="Backups"
        aside={<StateBadge last={last !== undefined} hasFailed={last_failure !== null} />}
        actions={
          <Button
            variant="primary"
            isBusy={isBusy || running !== null}
            onClick={() => void mutate(() => call('POST /api/backups', {}))}
          >
            Back up now
          </Button>
        }
      >
        <p>
          {last ? (
            <>
              The last backup was created <RelativeTime at={last.started_at} />:{' '}
              <FigureNumber bytes={last.size_bytes} /> in {counted(last.files, 'file')}, verified.
            </>
          ) : (
            'There are no backups yet.'
          )}{' '}
          {scheduleText(every, keep)}
          {next_at !== null && (
            <>
              {' '}
              The next one is due <RelativeTime at={next_at} />.
            </>
          )}
        </p>
        <p className="small muted">
          Backups are in <code>{folder}</code>. Restore one with <code>npm run restore</code>.
        </p>
        {is_on_data_disk && (
          <p className="small muted">
            This folder is on the same disk as the data. If that disk fails, both are lost: set{' '}
            <code>BACKUP_DIR</code> to another disk.
          </p>
        )}
        {running && (
          <>
            <Progress
              label={running.phase === null ? 'Waiting for the worker' : PHASES[running.phase]}
              percent={running.progress}
            />
            {running.can_cancel && (
              <div className="row">
                <Button
                  size="small"
                  isBusy={cancelling.isBusy}
                  onClick={() => void cancelling.mutate(() => call('DELETE /api/backups', {}))}
                >
                  Cancel the backup
                </Button>
              </div>
            )}
          </>
        )}
        {last_failure && (
          <ErrorNotice
            title={
              <>
                The last backup failed: <Time at={last_failure.at} />
              </>
            }
            failure={{ detail: last_failure.message }}
          />
        )}
        {failure && <ErrorNotice title="The backup could not be started" failure={failure} />}
        {cancelling.failure && <ErrorNotice title="Not cancelled" failure={cancelling.failure} />}
      </Card>
      {backups.length === 0 ? (
        <EmptyState icon="download" title="No backups yet">
          Each backup contains the database, images, versions and the session secret.
        </EmptyState>
      ) : (
        <Card title="Available backups">
          <Table
            caption="Available backups, newest first"
            hideCaption
            variant="cards"
            rows={backups}
            keyOf={({ name }) => name}
            columns={[
              { name: 'Backup', cell: ({ name }) => <code>{name}</code> },
              {
                name: 'Created',
                cell: ({ started_at, reason }) => (
                  <span>
                    <RelativeTime at={started_at} /> <span className="muted">({REASONS[reason]})</span>
                  </span>
                ),
              },
              {
                name: 'Size',
                isNumeric: true,
                cell: ({ size_bytes }) => <FigureNumber bytes={size_bytes} />,
              },
              { name: 'Files', isNumeric: true, cell: ({ files }) => <FigureNumber count={files} /> },
              {
                name: 'Remarks',
                cell: ({ remarks }) =>
                  remarks.length === 0 ? <span className="muted">none</span> : remarks.join(' '),
              },
              { name: 'Removed after', cell: ({ removed_after }) => counted(removed_after, 'newer backup') },
            ]}
          />
        </Card>
      )}
    </>
  )
}

function scheduleText(every: string, keep: number): string {
  const schedule =
    every === 'off'
      ? 'Scheduled backups are off; set BACKUP_EVERY in Settings to turn them on.'
      : `A backup is scheduled every ${every}.`
  return `${schedule} Darkroom keeps the newest ${keep}.`
}

function StateBadge({ last, hasFailed }: { readonly last: boolean; readonly hasFailed: boolean }) {
  if (hasFailed) return <Badge variant="bad">failed</Badge>
  return last ? <Badge variant="good">verified</Badge> : <Badge>none</Badge>
}
