/** Sends the selected files to a classifier, one request after another, and waits for their reports. */
import { call, upload } from '#lib/contracts/client.ts'
import type { UploadReport } from '#lib/contracts/uploads.ts'
import type { SelectedFile } from '#lib/ui/drop-zone.tsx'
import { unlabelledRequests, uploadRequests, type UploadRequest } from './upload-requests.ts'

const POLL_MS = 1000

/** `percent` is null while the images are processed. */
export type UploadProgress = { readonly label: string; readonly percent: number | null }

type RequestTarget = {
  readonly classifier: string
  readonly onProgress: (progress: UploadProgress) => void
  readonly onReport: (report: UploadReport) => void
  readonly signal?: AbortSignal
}
type UploadTarget = RequestTarget & {
  /** The class of images without a folder. */
  readonly label: string
  /** How the files are read, where a user chose another way; empty: the first. */
  readonly reading: string
  readonly isUnlabelled: boolean
}

export async function sendFiles(
  files: readonly SelectedFile[],
  { label, reading, isUnlabelled, ...target }: UploadTarget,
): Promise<void> {
  const requests = isUnlabelled ? unlabelledRequests(files) : uploadRequests(files, label.trim())
  const planned = requests.find((one) => one.label === undefined && !isUnlabelled) // its plan is shown
  for (const one of requests)
    await sendRequest({ ...one, ...(one === planned && reading !== '' && { reading }) }, target)
}

export async function sendRequest(
  request: UploadRequest,
  { classifier, onProgress, onReport, signal }: RequestTarget,
): Promise<void> {
  const started = await upload(
    'POST /api/upload',
    { classifier, ...request },
    {
      onProgress: (sent, total) =>
        onProgress(
          sent < total
            ? { label: 'Uploading…', percent: (sent / total) * 100 }
            : { label: 'Processing images…', percent: null },
        ),
      ...(signal && { signal }),
    },
  )
  if ('dry_run' in started) return
  onReport(
    await finishedReport(
      started,
      (now) => onProgress({ label: `Processing images… ${now.files} so far`, percent: null }),
      signal,
    ),
  )
}

/** A large upload is processed after the response; polls its report until it is complete. If the upload is cancelled,
 *  nothing is added. */
async function finishedReport(
  report: UploadReport,
  onProgress: (report: UploadReport) => void,
  signal: AbortSignal | undefined,
): Promise<UploadReport> {
  if (report.state !== 'running') return report
  if (signal?.aborted) {
    await call('DELETE /api/uploads/{id}', { id: report.id })
    signal.throwIfAborted()
  }
  onProgress(report)
  await pause(signal)
  return finishedReport(await call('GET /api/uploads/{id}', { id: report.id }), onProgress, signal)
}

/** Between two polls; it ends early when the upload is cancelled. */
const pause = (signal: AbortSignal | undefined): Promise<void> =>
  new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', end)
      resolve()
    }
    const timer = setTimeout(end, POLL_MS)
    signal?.addEventListener('abort', end)
  })
