'use client'
/** The upload form: files and labels; then the progress and the report. */
import type { ReactNode } from 'react'
import { Card } from '#lib/ui/card.tsx'
import { ErrorNotice } from '#lib/ui/error-notice.tsx'
import { FocusOnArrival } from '../../../../../_components/focus-on-arrival.tsx'
import { CameraUpload, type PhoneAccess } from './camera-upload.tsx'
import type { ClassifierOption } from './classifier-option.ts'
import { reportTitle } from './report-title.ts'
import { ReadyFiles, UploadDropZone, type UploadLimits } from './upload-files.tsx'
import { UploadReportCard } from './upload-report-card.tsx'
import { useUpload } from './use-upload.ts'

type UploadFormProps = {
  readonly classifier: ClassifierOption
  readonly mayEdit: boolean
  readonly limits: UploadLimits
  readonly phone: PhoneAccess
  /** The recent uploads to the classifier. */
  readonly recent: ReactNode
}

export function UploadForm({ classifier: { id, classes }, mayEdit, limits, phone, recent }: UploadFormProps) {
  const upload = useUpload(id)
  return (
    <div className="stack">
      <UploadDropZone upload={upload} limits={limits} />
      <CameraUpload upload={upload} classifier={{ id, classes }} phone={phone} />
      {upload.files.length > 0 && (
        <Card title="Ready to upload">
          <ReadyFiles upload={upload} classes={classes} mayBeUnlabelled />
        </Card>
      )}
      {upload.failure && <ErrorNotice title="Upload failed" failure={upload.failure} />}
      {upload.reports.map((report, i) => (
        <FocusOnArrival key={report.id} label={reportTitle(i, upload.reports.length)}>
          <UploadReportCard report={report} title={reportTitle(i, upload.reports.length)} mayEdit={mayEdit} />
        </FocusOnArrival>
      ))}
      {recent}
    </div>
  )
}
