'use client'
/** Where pictures are brought: for which classifier, with which labels; then progress, and the report of what
 *  was found. */
import { useRouter } from 'next/navigation'
import { useState, type ReactNode } from 'react'
import { call, upload } from '#lib/contracts/client.ts'
import type { UploadReport } from '#lib/contracts/uploads.ts'
import { Button } from '#lib/ui/button.tsx'
import { Card } from '#lib/ui/card.tsx'
import { DropZone, type Brought } from '#lib/ui/drop-zone.tsx'
import { ErrorNotice, type Failure } from '#lib/ui/error-notice.tsx'
import { numberText } from '#lib/ui/figure-number.tsx'
import { Progress } from '#lib/ui/progress.tsx'
import { failureOf } from '../../_components/failure.ts'
import { idOf, type Known } from './known-classifier.ts'
import { sendingsOf } from './sendings.ts'
import { StagedFiles } from './staged-files.tsx'
import { TargetFields, type Target } from './target-fields.tsx'
import { UploadReportCard } from './upload-report-card.tsx'

const LOOK_AGAIN_MS = 1000

type DeskProps = {
  readonly classifiers: readonly Known[]
  readonly chosen: string | null
  readonly mayCreate: boolean
  readonly largest: { readonly uploadBytes: number; readonly imageBytes: number }
  /** What came in lately for the chosen one; nothing of it stands beside a new one. */
  readonly recent: ReactNode
}
type Sending = { readonly words: string; readonly percent: number | null }

export function UploadDesk({ classifiers, chosen, mayCreate, largest, recent }: DeskProps) {
  const router = useRouter()
  const [target, setTarget] = useState<Target>(
    chosen ? { kind: 'existing', id: chosen } : { kind: 'new', title: '', size: 64, isMirrorable: true },
  )
  const [brought, setBrought] = useState<readonly Brought[]>([])
  const [label, setLabel] = useState('')
  const [sending, setSending] = useState<Sending | null>(null)
  const [reports, setReports] = useState<readonly UploadReport[]>([])
  const [failure, setFailure] = useState<Failure | null>(null)
  const existing = target.kind === 'existing' ? classifiers.find(({ id }) => id === target.id) : undefined

  const send = async () => {
    setFailure(null)
    setReports([])
    setSending({ words: 'Sending', percent: 0 })
    try {
      const classifier = await classifierOf(target)
      if (target.kind === 'new') setTarget({ kind: 'existing', id: classifier })
      for (const one of sendingsOf(brought, label.trim())) {
        const begun = await upload(
          'POST /api/upload',
          { classifier, ...one },
          {
            onProgress: (sent, total) =>
              setSending(
                sent < total
                  ? { words: 'Sending', percent: (sent / total) * 100 }
                  : { words: 'Looking at each picture', percent: null },
              ),
          },
        )
        const report = await finished(begun, (now) =>
          setSending({ words: `Looking at each picture: ${now.files} so far`, percent: null }),
        )
        setReports((before) => [...before, report])
      }
      setBrought([])
      router.replace(`/upload?classifier=${classifier}`, { scroll: false })
      router.refresh()
    } catch (error) {
      setFailure(failureOf(error))
    } finally {
      setSending(null)
    }
  }

  return (
    <div className="stack">
      <TargetFields
        target={target}
        classifiers={classifiers}
        mayCreate={mayCreate}
        isDisabled={sending !== null}
        onChange={(next) => {
          setTarget(next)
          if (next.kind === 'existing') router.replace(`/upload?classifier=${next.id}`, { scroll: false })
        }}
      />
      <DropZone
        title="Drop pictures, folders or a ZIP here"
        accept="image/*,.zip"
        mayBringFolders
        takesPaste
        isDisabled={sending !== null}
        hint={
          'Folders named like the classes label what is in them. Up to ' +
          `${numberText({ bytes: largest.uploadBytes })} at once, each picture up to ` +
          `${numberText({ bytes: largest.imageBytes })}.`
        }
        onBring={(more) => {
          setReports([])
          setFailure(null)
          setBrought((before) => [...before, ...more])
        }}
      />
      {brought.length > 0 && (
        <Card title="Ready to upload">
          <StagedFiles
            brought={brought}
            label={label}
            classes={existing?.classes ?? []}
            onLabel={setLabel}
            isDisabled={sending !== null}
          />
          {sending ? (
            <Progress label={sending.words} percent={sending.percent} />
          ) : (
            <div className="row">
              <Button
                variant="primary"
                onClick={() => void send()}
                disabled={!isReady(target, brought, label)}
              >
                Upload {brought.length === 1 ? brought[0]?.file.name : `${brought.length} files`}
              </Button>
              <Button variant="quiet" onClick={() => setBrought([])}>
                Put them back
              </Button>
            </div>
          )}
        </Card>
      )}
      {failure && <ErrorNotice title="The upload did not work" failure={failure} />}
      {reports.map((report) => (
        <UploadReportCard key={report.id} report={report} isFresh />
      ))}
      {target.kind === 'existing' && target.id === chosen && recent}
    </div>
  )
}

function isReady(target: Target, brought: readonly Brought[], label: string): boolean {
  const needsLabel = brought.some(({ file, folder }) => folder === null && !/\.zip$/i.test(file.name))
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

/** Many pictures are looked at behind the answer; the report says when that is over. */
async function finished(report: UploadReport, onLook: (report: UploadReport) => void): Promise<UploadReport> {
  if (report.state !== 'running') return report
  onLook(report)
  await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS))
  return finished(await call('GET /api/uploads/{id}', { id: report.id }), onLook)
}
