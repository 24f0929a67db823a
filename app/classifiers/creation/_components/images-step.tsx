'use client'
/** The second step: images, as folders, a ZIP archive or single files; shows how they are read before they are sent. */
import { Card } from '#lib/ui/card.tsx'
import { ErrorNotice } from '#lib/ui/error-notice.tsx'
import { FocusOnArrival } from '../../../_components/focus-on-arrival.tsx'
import { UploadProblems } from '../../[id]/images/findings/_components/upload-problems.tsx'
import { CameraUpload, type PhoneAccess } from '../../[id]/images/add/_components/camera-upload.tsx'
import type { ClassifierOption } from '../../[id]/images/add/_components/classifier-option.ts'
import { reportTitle } from '../../[id]/images/add/_components/report-title.ts'
import {
  ReadyFiles,
  UploadDropZone,
  type UploadLimits,
} from '../../[id]/images/add/_components/upload-files.tsx'
import { UndoUpload, UploadFindings } from '../../[id]/images/add/_components/upload-report-card.tsx'
import { useUpload } from '../../[id]/images/add/_components/use-upload.ts'

type ImagesStepProps = {
  readonly classifier: ClassifierOption
  readonly limits: UploadLimits
  readonly phone: PhoneAccess
  /** Whether the classifier has no images yet. */
  readonly isFirst: boolean
}

export function ImagesStep({ classifier: { id, classes }, limits, phone, isFirst }: ImagesStepProps) {
  const upload = useUpload(id)
  return (
    <Card title={isFirst ? 'Add images' : 'Add more images'}>
      {isFirst && (
        <p className="small">
          Put the images into one folder per class, named after the class, and drop the folders or a ZIP
          archive of them here. Twenty images of each class are enough for a first try.
        </p>
      )}
      <UploadDropZone upload={upload} limits={limits} />
      <CameraUpload upload={upload} classifier={{ id, classes }} phone={phone} />
      {upload.files.length > 0 && <ReadyFiles upload={upload} classes={classes} />}
      {upload.failure && <ErrorNotice title="Upload failed" failure={upload.failure} />}
      {upload.reports.map((report, i) => (
        <FocusOnArrival key={report.id} label={reportTitle(i, upload.reports.length)}>
          <div className="grid grid-cols-[minmax(0,1fr)] gap-4">
            <UploadFindings report={report} mayEdit />
            {report.count > 0 && (
              <UploadProblems
                classifier={report.classifier}
                upload={report.id}
                uploadedAt={report.created_at}
              />
            )}
            <div className="row">
              <UndoUpload report={report} />
            </div>
          </div>
        </FocusOnArrival>
      ))}
    </Card>
  )
}
