'use client'
/** The state of an upload to a classifier: the selected files and how they are read, then the progress and the
 *  reports. */
import { useRouter } from 'next/navigation'
import { useRef, useState } from 'react'
import type { UploadReport } from '#lib/contracts/uploads.ts'
import type { SelectedFile } from '#lib/ui/drop-zone.tsx'
import { toast } from '#lib/ui/toast.tsx'
import type { Failure } from '#lib/ui/error-notice.tsx'
import { failureOf } from '../../../../../_components/request-error.ts'
import type { Burst } from '../../../../../_components/recording/bursts.ts'
import { sendFiles, sendRequest, type UploadProgress } from './send-files.ts'
import { usePlan } from './use-plan.ts'

export type UploadWork = ReturnType<typeof useUpload>

export function useUpload(classifier: string) {
  const router = useRouter()
  const [files, setFiles] = useState<readonly SelectedFile[]>([])
  const [label, setLabel] = useState('')
  const [isUnlabelled, setIsUnlabelled] = useState(false)
  const [progress, setProgress] = useState<UploadProgress | null>(null)
  const [reports, setReports] = useState<readonly UploadReport[]>([])
  const [failure, setFailure] = useState<Failure | null>(null)
  const { plan, readAgain } = usePlan()
  const cancelling = useRef<AbortController | null>(null)
  const staged = useRef<readonly SelectedFile[]>([])

  const stage = (next: readonly SelectedFile[]) => {
    setFiles((staged.current = next)) // a folder that is still being read must not undo a later drop
    void readAgain(next)
  }
  const forgetLast = () => {
    setReports([])
    setFailure(null)
  }
  type Target = Parameters<typeof sendRequest>[1]
  const work = async (send: (target: Target) => Promise<void>): Promise<void> => {
    forgetLast()
    setProgress({ label: 'Uploading…', percent: 0 })
    const { signal } = (cancelling.current = new AbortController())
    try {
      const onReport = (report: UploadReport) => setReports((before) => [...before, report])
      await send({ classifier, onProgress: setProgress, onReport, signal })
    } catch (error) {
      if (!signal.aborted || error !== signal.reason) setFailure(failureOf(error))
      else toast('The upload was cancelled. Images that were added before stay; you can undo their upload.')
    } finally {
      setProgress(null)
      router.refresh()
    }
  }
  return {
    files,
    label,
    setLabel,
    isUnlabelled,
    setIsUnlabelled,
    plan,
    progress,
    reports,
    failure,
    chooseReading: (reading: string) => void readAgain(files, reading),
    add: (more: readonly SelectedFile[]) => {
      forgetLast()
      stage([...staged.current, ...more])
    },
    clear: () => stage([]),
    /** The selected files stay. */
    cancel: () => cancelling.current?.abort(),
    send: () =>
      work(async (target) => {
        const reading = plan.kind === 'plan' ? plan.reading : ''
        await sendFiles(files, { ...target, label, reading, isUnlabelled })
        stage([])
      }),
    /** One upload for each recording, so that each becomes a group. */
    sendBursts: (bursts: readonly Burst[], onSent: (burst: Burst) => void) =>
      work(async (target) => {
        for (const burst of bursts) {
          const images = burst.frames.map((frame) => frame.file)
          await sendRequest({ files: images, label: burst.label, one_group: true }, target)
          onSent(burst)
        }
      }),
  }
}
