'use client'
/** The upload form: classifier, files and labels; then the progress and the report. */
import Link from 'next/link'
import { useRouter } from 'next/navigation'
import { useRef, useState, type ReactNode } from 'react'
import { call } from '#lib/contracts/client.ts'
import type { UploadReport } from '#lib/contracts/uploads.ts'
import { Button } from '#lib/ui/button.tsx'
import { Card } from '#lib/ui/card.tsx'
import { DropZone, type SelectedFile } from '#lib/ui/drop-zone.tsx'
import { ErrorNotice, type Failure } from '#lib/ui/error-notice.tsx'
import { Progress } from '#lib/ui/progress.tsx'
import { failureOf } from '../../../../../_components/request-error.ts'
import { PlanCard } from './plan-card.tsx'
import { hintOf, unsortedIn } from './upload-requests.ts'
import { sendFiles, type UploadProgress } from './send-files.ts'
import { idOf, type ClassifierOption } from './classifier-option.ts'
import { StagedFiles } from './staged-files.tsx'
import { TargetFields, type Target } from './target-fields.tsx'
import { UploadReportCard } from './upload-report-card.tsx'
import { usePlan } from './use-plan.ts'

type UploadFormProps = {
  readonly classifiers: readonly ClassifierOption[]
  readonly selected: string | null
  readonly mayCreate: boolean
  readonly limits: { readonly uploadBytes: number; readonly imageBytes: number }
  /** The recent uploads to the selected classifier; hidden for a new one. */
  readonly recent: ReactNode
  /** What a new classifier may start from. */
  readonly networks: ReactNode
}

export function UploadForm(props: UploadFormProps) {
  const { classifiers, selected, mayCreate, limits, recent, networks } = props
  const router = useRouter()
  const [target, setTarget] = useState<Target>(
    selected ? { kind: 'existing', id: selected } : { kind: 'new', title: '', size: 64, isMirrorable: true },
  )
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
  const existing = target.kind === 'existing' ? classifiers.find(({ id }) => id === target.id) : undefined

  const send = async () => {
    setFailure(null)
    setReports([])
    setProgress({ label: 'Uploading…', percent: 0 })
    try {
      const classifier = await classifierOf(target)
      if (target.kind === 'new') setTarget({ kind: 'existing', id: classifier })
      const reading = plan.kind === 'plan' ? plan.reading : ''
      const onReport = (report: UploadReport) => setReports((before) => [...before, report])
      await sendFiles(files, { classifier, label, reading, onProgress: setProgress, onReport })
      stage([])
      router.replace(`/upload?classifier=${classifier}`, { scroll: false })
      router.refresh()
    } catch (error) {
      setFailure(failureOf(error))
    } finally {
      setProgress(null)
    }
  }

  return (
    <div className="stack">
      <TargetFields
        target={target}
        classifiers={classifiers}
        mayCreate={mayCreate}
        isDisabled={progress !== null}
        onChange={setTarget}
      />
      {target.kind === 'new' && networks}
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
            classes={existing?.classes ?? []}
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
                disabled={plan.kind === 'reading' || !isReady(target, files, label)}
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
        <UploadReportCard key={report.id} report={report} isFresh mayEdit={mayCreate} />
      ))}
      {target.kind === 'existing' &&
        (target.id === selected ? (
          recent
        ) : (
          <Link className="link" href={`/upload?classifier=${target.id}`} scroll={false} prefetch={false}>
            Recent uploads to {existing?.title ?? target.id}
          </Link>
        ))}
    </div>
  )
}

function isReady(target: Target, entries: readonly SelectedFile[], label: string): boolean {
  const needsLabel = unsortedIn(entries).length > 0
  return (target.kind === 'existing' || idOf(target.title) !== '') && (!needsLabel || label.trim() !== '')
}

async function classifierOf(target: Target): Promise<string> {
  if (target.kind === 'existing') return target.id
  const made = await call('POST /api/classifiers', {
    id: idOf(target.title),
    title: target.title.trim(),
    size: target.size,
    is_mirrorable: target.isMirrorable,
  })
  return made.id
}
