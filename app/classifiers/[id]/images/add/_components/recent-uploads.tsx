/** The recent uploads to a classifier, each with its report and a button to undo it. */
import type { UploadReport } from '#lib/contracts/uploads.ts'
import { counted } from '#lib/domain/text/count-text.ts'
import { Card } from '#lib/ui/card.tsx'
import { RelativeTime } from '#lib/ui/relative-time.tsx'
import { UndoUpload, UploadFindings } from './upload-report-card.tsx'

export function RecentUploads({
  uploads,
  title,
  mayEdit,
}: {
  readonly uploads: readonly UploadReport[]
  readonly title: string
  readonly mayEdit: boolean
}) {
  return (
    <Card title={`Recent uploads to ${title}`}>
      {uploads.length === 0 && <p className="muted">No uploads yet.</p>}
      <ul className="grid gap-4">
        {uploads.map((report) => (
          <li key={report.id} className="grid gap-2 border-b border-line pb-4 last:border-0 last:pb-0">
            <div className="row flex-nowrap justify-between">
              <span className="caption">
                <RelativeTime at={report.created_at} /> · {counted(report.files, 'file')}
              </span>
              <UndoUpload key={report.state} report={report} />
            </div>
            <UploadFindings report={report} mayEdit={mayEdit} />
          </li>
        ))}
      </ul>
    </Card>
  )
}
