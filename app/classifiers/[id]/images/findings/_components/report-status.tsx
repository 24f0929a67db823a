'use client'
/** When the images were checked, the progress of a check that runs, and a button to check again. */
import { call } from '#lib/contracts/client.ts'
import type { FindingReportAnswer } from '#lib/contracts/findings.ts'
import { counted } from '#lib/domain/text/count-text.ts'
import { Button } from '#lib/ui/button.tsx'
import { ErrorNotice } from '#lib/ui/error-notice.tsx'
import { Progress } from '#lib/ui/progress.tsx'
import { RelativeTime } from '#lib/ui/relative-time.tsx'
import { useFocusAfterChange } from '../../../../../_components/use-focus-after-change.ts'
import { useMutation } from '../../../../../_components/use-mutation.ts'
import { CheckProgress } from '../../_components/check-progress.tsx'

type ReportStatusProps = {
  readonly classifier: string
  readonly report: FindingReportAnswer
  readonly mayEdit: boolean
}

export function ReportStatus({ classifier, report, mayEdit }: ReportStatusProps) {
  const { isBusy, failure, mutate } = useMutation()
  const isRunning = report.state === 'queued' || report.state === 'running'
  // the button that starts a check gives way to the one that cancels it
  const { frame, keepFocus } = useFocusAfterChange<HTMLDivElement>(isBusy, report.state)
  return (
    <div className="grid gap-2" ref={frame} onClickCapture={keepFocus}>
      {isRunning ? (
        <CheckProgress classifier={classifier} mayEdit={mayEdit}>
          <Progress
            label="Checking the images"
            percent={report.total === 0 ? null : (100 * report.done) / report.total}
            {...(report.total > 0 && { detail: `${report.done} of ${counted(report.total, 'image')}` })}
          />
        </CheckProgress>
      ) : (
        <div className="row">
          <p className="small muted">
            <CheckedText report={report} />
          </p>
          {mayEdit && (
            <Button
              size="small"
              isBusy={isBusy}
              onClick={() => void mutate(() => call('POST /api/findings', { classifier }))}
            >
              {report.state === 'none' ? 'Check the images' : 'Check again'}
            </Button>
          )}
        </div>
      )}
      {report.unknown.includes('mislabelled') && (
        <p className="small muted">
          Wrong labels and images unlike all others can be found only after a version has been trained.
        </p>
      )}
      {report.error !== null && <ErrorNotice title="The check failed" failure={{ detail: report.error }} />}
      {failure && <ErrorNotice title="The check was not started" failure={failure} />}
    </div>
  )
}

function CheckedText({ report: { images, computed_at: at } }: Pick<ReportStatusProps, 'report'>) {
  if (at === null) return 'These images have not been checked yet.'
  return (
    <>
      {counted(images, 'image')} checked <RelativeTime at={at} />.
    </>
  )
}
