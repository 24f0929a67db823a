'use client'
/** The second step: images, as folders, a ZIP archive or single files; shows how they are read before they are sent. */
import { useRouter } from 'next/navigation'
import { useRef, useState } from 'react'
import type { UploadReport } from '#lib/contracts/uploads.ts'
import { counted } from '#lib/domain/count-text.ts'
import { Button } from '#lib/ui/button.tsx'
import { Card } from '#lib/ui/card.tsx'
import { DropZone, type SelectedFile } from '#lib/ui/drop-zone.tsx'
import { ErrorNotice, type Failure } from '#lib/ui/error-notice.tsx'
import { Progress } from '#lib/ui/progress.tsx'
import { failureOf } from '../../../_components/request-error.ts'
import type { ClassifierOption } from '../../[id]/images/add/_components/classifier-option.ts'
import { PlanCard } from '../../[id]/images/add/_components/plan-card.tsx'
import { sendFiles, type UploadProgress } from '../../[id]/images/add/_components/send-files.ts'
import { StagedFiles } from '../../[id]/images/add/_components/staged-files.tsx'
import { hintOf, unsortedIn } from '../../[id]/images/add/_components/upload-requests.ts'
import { UndoUpload, UploadFindings } from '../../[id]/images/add/_components/upload-report-card.tsx'
import { usePlan } from '../../[id]/images/add/_components/use-plan.ts'

type ImagesStepProps = {
  readonly classifier: ClassifierOption
  readonly limits: { readonly uploadBytes: number; readonly imageBytes: number }
  /** Whether the classifier has no images yet. */
  readonly isFirst: boolean
}

export function ImagesStep({ classifier: { id, classes }, limits, isFirst }: ImagesStepProps) {
  const router = useRouter()
  const [files, setFiles] = useState<readonly SelectedFile[]>([])
  const [label, setLabel] = useState('')
  const [progress, setProgress] = useState<UploadProgress | null>(null)
  const [reports, setReports] = useState<readonly UploadReport[]>([])
  const [failure, setFailure] = useState<Failure | null>(null)
  const { plan, readAgain } = usePlan()
  const staged = useRef<readonly SelectedFile[]>([])
  const stage = (next: readonly SelectedFile[]) => {
    setFiles((staged.current = next)) // a folder that is still being read must not undo a later drop
    void readAgain(next)
  }
  const send = async () => {
    setFailure(null)
    setReports([])
    setProgress({ label: 'Uploading…', percent: 0 })
    try {
      const reading = plan.kind === 'plan' ? plan.reading : ''
      const onReport = (report: UploadReport) => setReports((before) => [...before, report])
      await sendFiles(files, { classifier: id, label, reading, onProgress: setProgress, onReport })
      stage([])
    } catch (error) {
      setFailure(failureOf(error))
    } finally {
      setProgress(null)
      router.refresh()
    }
  }
  const needsLabel = unsortedIn(files).length > 0 && label.trim() === ''
  return (
    <Card title={isFirst ? 'Add images' : 'Add more images'}>
      {isFirst && (
        <p className="small">
          Put the images into one folder per class, named after the class, and drop the folders or a ZIP
          archive of them here. Twenty images of each class are enough for a first try.
        </p>
      )}
      <DropZone
        title="Drop images, folders or a ZIP here"
        accept="image/*,.heic,.heif,.zip,.tm,.csv,.tsv,.json,.jsonl,.txt"
        allowFolders
        acceptPaste
        isDisabled={progress !== null}
        hint={hintOf(limits)}
        onFiles={(more) => {
          setReports([])
          setFailure(null)
          stage([...staged.current, ...more])
        }}
      />
      {files.length > 0 && (
        <>
          <StagedFiles
            entries={files}
            label={label}
            classes={classes}
            onLabel={setLabel}
            isDisabled={progress !== null}
          />
          <PlanCard
            plan={plan}
            isDisabled={progress !== null}
            onReading={(reading) => void readAgain(files, reading)}
          />
          {progress ? (
            <Progress label={progress.label} percent={progress.percent} />
          ) : (
            <div className="row">
              <Button
                variant="primary"
                onClick={() => void send()}
                disabled={plan.kind === 'reading' || needsLabel}
              >
                Upload {files.length === 1 ? files[0]?.file.name : counted(files.length, 'file')}
              </Button>
              <Button variant="quiet" onClick={() => stage([])}>
                Clear
              </Button>
            </div>
          )}
        </>
      )}
      {failure && <ErrorNotice title="Upload failed" failure={failure} />}
      {reports.map((report) => (
        <div key={report.id} className="grid gap-2">
          <UploadFindings report={report} mayEdit />
          <div className="row">
            <UndoUpload report={report} />
          </div>
        </div>
      ))}
    </Card>
  )
}
