'use client'
/** The upload form: files and labels; then the progress and the report. */
import { useRouter } from 'next/navigation'
import { useRef, useState, type ReactNode } from 'react'
import type { UploadReport } from '#lib/contracts/uploads.ts'
import { Button } from '#lib/ui/button.tsx'
import { Card } from '#lib/ui/card.tsx'
import { DropZone, type SelectedFile } from '#lib/ui/drop-zone.tsx'
import { ErrorNotice, type Failure } from '#lib/ui/error-notice.tsx'
import { Progress } from '#lib/ui/progress.tsx'
import { failureOf } from '../../../../../_components/request-error.ts'
import type { ClassifierOption } from './classifier-option.ts'
import { PlanCard } from './plan-card.tsx'
import { sendFiles, type UploadProgress } from './send-files.ts'
import { hintOf, unsortedIn } from './upload-requests.ts'
import { StagedFiles } from './staged-files.tsx'
import { UploadReportCard } from './upload-report-card.tsx'
import { usePlan } from './use-plan.ts'

type UploadFormProps = {
  readonly classifier: ClassifierOption
  readonly mayEdit: boolean
  readonly limits: { readonly uploadBytes: number; readonly imageBytes: number }
  /** The recent uploads to the classifier. */
  readonly recent: ReactNode
}

export function UploadForm(props: UploadFormProps) {
  const { classifier, mayEdit, limits, recent } = props
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
      await sendFiles(files, { classifier: classifier.id, label, reading, onProgress: setProgress, onReport })
      stage([])
      router.refresh()
    } catch (error) {
      setFailure(failureOf(error))
    } finally {
      setProgress(null)
    }
  }

  return (
    <div className="stack">
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
        <Card title="Ready to upload">
          <StagedFiles
            entries={files}
            label={label}
            classes={classifier.classes}
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
                disabled={plan.kind === 'reading' || !hasLabels(files, label)}
              >
                Upload {files.length === 1 ? files[0]?.file.name : `${files.length} files`}
              </Button>
              <Button variant="quiet" onClick={() => stage([])}>
                Clear
              </Button>
            </div>
          )}
        </Card>
      )}
      {failure && <ErrorNotice title="Upload failed" failure={failure} />}
      {reports.map((report) => (
        <UploadReportCard key={report.id} report={report} isFresh mayEdit={mayEdit} />
      ))}
      {recent}
    </div>
  )
}

const hasLabels = (entries: readonly SelectedFile[], label: string): boolean =>
  unsortedIn(entries).length === 0 || label.trim() !== ''
