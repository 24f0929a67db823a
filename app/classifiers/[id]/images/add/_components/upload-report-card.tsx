'use client'
/** The report of one upload: the images added per class, the findings, and a button to undo it. */
import { useRouter } from 'next/navigation'
import Link from 'next/link'
import { useState } from 'react'
import { call } from '#lib/contracts/client.ts'
import type { UploadReport } from '#lib/contracts/uploads.ts'
import { counted } from '#lib/domain/text/count-text.ts'
import { TRASH_DAYS } from '#lib/domain/sample-state.ts'
import { Badge } from '#lib/ui/badge.tsx'
import { Button } from '#lib/ui/button.tsx'
import { Card } from '#lib/ui/card.tsx'
import { Dialog } from '#lib/ui/dialog.tsx'
import { ErrorNotice } from '#lib/ui/error-notice.tsx'
import { Table } from '#lib/ui/table.tsx'
import { toast } from '#lib/ui/toast.tsx'
import { failureOf } from '../../../../../_components/request-error.ts'
import { UploadProblems } from '../../findings/_components/upload-problems.tsx'
import { ConflictChoice } from './conflict-choice.tsx'
import { FILE_FINDING_LABELS } from './file-finding-labels.ts'
import { NextStep } from './next-step.tsx'

const FINDINGS_SHOWN = 50

/** Earlier clients read the message without its full stop. */
const asSentence = (message: string): string => (message.endsWith('.') ? message : `${message}.`)

export function UploadReportCard({
  report,
  title,
  mayEdit,
}: {
  readonly report: UploadReport
  readonly title: string
  readonly mayEdit: boolean
}) {
  return (
    <Card
      title={title}
      level={3}
      variant={report.state === 'done' ? 'accent' : 'plain'}
      actions={
        <>
          {report.count > 0 && <NextStep report={report} />}
          <UndoUpload report={report} />
        </>
      }
    >
      <UploadFindings report={report} mayEdit={mayEdit} />
      {mayEdit && report.state === 'done' && report.count > 0 && (
        <UploadProblems classifier={report.classifier} upload={report.id} uploadedAt={report.created_at} />
      )}
    </Card>
  )
}

export function UploadFindings({
  report,
  mayEdit,
}: {
  readonly report: UploadReport
  /** Users who may not cannot choose the label of an image that has several. */
  readonly mayEdit: boolean
}) {
  const shown = report.findings.slice(0, FINDINGS_SHOWN)
  const isComplete = shown.length === report.findings_total
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-4">
      {report.state === 'failed' ? (
        <ErrorNotice title="This upload failed" failure={{ detail: report.error ?? report.message }} />
      ) : (
        <p role="status">{asSentence(report.message)}</p>
      )}
      {report.plan !== null && report.plan.notes.length > 0 && (
        <ul className="small muted">
          {report.plan.notes.map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      )}
      {report.per_class.length > 0 && (
        <ul className="row badge-list" aria-label="Added per class">
          {report.per_class.map((one) => (
            <li key={one.class}>
              <Badge variant={one.is_new ? 'accent' : 'plain'}>
                {one.class}: {one.count}
                {one.is_new ? ' (new class)' : ''}
              </Badge>
            </li>
          ))}
        </ul>
      )}
      {report.findings_total > 0 && (
        <details open={report.findings_total <= 5}>
          <summary>{counted(report.findings_total, 'problem')} with the files</summary>
          <Table
            caption={
              isComplete ? 'Problems' : `The first ${shown.length} of ${report.findings_total} problems`
            }
            hideCaption={isComplete}
            variant="cards"
            rows={shown}
            keyOf={(one) => `${one.kind} ${one.filename} ${one.sample_id}`}
            columns={[
              { name: 'File', cell: (one) => one.filename },
              {
                name: 'Problem',
                cell: (one) => (
                  <Badge variant={FILE_FINDING_LABELS[one.kind].isLoss ? 'bad' : 'amber'}>
                    {FILE_FINDING_LABELS[one.kind].label}
                  </Badge>
                ),
              },
              {
                name: 'Detail',
                isLong: true,
                cell: (one) => <FindingDetail finding={one} mayEdit={mayEdit} />,
              },
            ]}
          />
        </details>
      )}
    </div>
  )
}

function FindingDetail({
  finding: { detail, sample_id: sampleId, filename, labels },
  mayEdit,
}: {
  readonly finding: UploadReport['findings'][number]
  readonly mayEdit: boolean
}) {
  if (sampleId === null || labels.length < 2 || !mayEdit) return detail
  return (
    <div className="grid gap-2">
      {detail}
      <ConflictChoice sampleId={sampleId} filename={filename} labels={labels} />
    </div>
  )
}

export function UndoUpload({ report }: { readonly report: UploadReport }) {
  const router = useRouter()
  const [isOpen, setIsOpen] = useState(false)
  const [isUndone, setIsUndone] = useState(report.state === 'undone')
  const [isBusy, setIsBusy] = useState(false)
  if (isUndone)
    return (
      <Link href="/trash">
        <Badge>in the trash</Badge>
      </Link>
    )
  if (report.count === 0 || report.state !== 'done') return null

  const undo = async () => {
    setIsBusy(true)
    try {
      const { message } = await call('DELETE /api/uploads/{id}', { id: report.id })
      setIsUndone(true)
      toast(message)
      router.refresh()
    } catch (error) {
      toast(failureOf(error).detail, 'bad')
    } finally {
      setIsBusy(false)
      setIsOpen(false)
    }
  }
  return (
    <>
      <Button size="small" variant="quiet" onClick={() => setIsOpen(true)}>
        Undo this upload
      </Button>
      <Dialog
        isOpen={isOpen}
        title="Move this upload to the trash?"
        onClose={() => setIsOpen(false)}
        actions={
          <>
            <Button variant="quiet" onClick={() => setIsOpen(false)}>
              Cancel
            </Button>
            <Button variant="danger" isBusy={isBusy} onClick={() => void undo()}>
              Move to trash
            </Button>
          </>
        }
      >
        <p>
          This removes {counted(report.count, 'image')} from the classifier. You can restore the upload from
          the trash for {TRASH_DAYS} days. Versions trained on it are not changed.
        </p>
      </Dialog>
    </>
  )
}
