/** Downloads one file from the first address that has it: written to a temporary file, checked, and renamed. A
 *  failed attempt leaves no file, or, where the download may be continued, only what has arrived. It knows no data
 *  set. */
import { randomUUID } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { mkdir, rename } from 'node:fs/promises'
import { dirname } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { isDiskFull } from '#lib/domain/disk-full.ts'
import { DarkroomError, isDarkroomError, messageOf } from '#lib/domain/errors.ts'
import { arrivedPart, noteSource, partOf, rangeAfter, removePart } from './download-part.ts'
import { watchArrival, type DownloadLimits } from './download-limits.ts'
import type { DownloadProgress } from './labelled-image.ts'
import type { OfficialFile } from './official-file.ts'
import { openDownload } from './open-download.ts'

const PROGRESS_EVERY_MS = 200

export type Download = {
  readonly file: OfficialFile
  readonly to: string
  readonly mirror?: string | undefined
  /** The setting that names a mirror. */
  readonly mirrorSetting?: 'DATASET_MIRROR' | 'BACKBONE_MIRROR'
  /** Whether what has arrived stays when the connection ends, and the next attempt continues from there. */
  readonly isContinued?: boolean
  /** Throws `bad_data_file` when the content is not the expected one. */
  readonly check: (path: string) => Promise<void>
  readonly onProgress?: ((progress: DownloadProgress) => void) | undefined
  readonly limits?: Partial<DownloadLimits>
  readonly signal?: AbortSignal | undefined
}

export async function download(request: Download): Promise<void> {
  const { file, to, mirror, mirrorSetting = 'DATASET_MIRROR', check, signal } = request
  const urls = mirror === undefined ? file.urls : [`${mirror.replace(/\/+$/, '')}/${file.name}`]
  const failures: string[] = []
  await mkdir(dirname(to), { recursive: true })
  for (const url of urls) {
    const aside = request.isContinued ? partOf(to) : `${to}.${process.pid}-${randomUUID()}.part`
    let mayStay = request.isContinued === true
    try {
      await fetchTo(aside, url, request)
      mayStay = false
      await check(aside)
      await rename(aside, to)
      return
    } catch (error) {
      signal?.throwIfAborted()
      mayStay &&= !isDiskFull(error)
      if (isDiskFull(error)) throw diskFull(file, error)
      failures.push(`${new URL(url).host}: ${reasonOf(error)}`)
    } finally {
      if (!mayStay) await removePart(aside)
    }
  }
  throw new DarkroomError('bad_data_file', {
    what: `${file.name} cannot be downloaded`,
    why: failures.join('; '),
    remedy:
      `Check the connection, set ${mirrorSetting} to a mirror of the official files, or set a local ` +
      'file or folder with --from.',
  })
}

async function fetchTo(
  path: string,
  url: string,
  { file, mirror, onProgress, isContinued = false, limits, signal }: Download,
): Promise<void> {
  using arrival = watchArrival(file.packedBytes, limits)
  const stop = signal === undefined ? arrival.tooSlow : AbortSignal.any([signal, arrival.tooSlow])
  try {
    const known = isContinued ? await arrivedPart(path, url) : null
    const address = { url, isOwners: mirror !== undefined }
    const answer = await openDownload(address, rangeAfter(known), stop)
    const { statusCode = 0, headers } = answer
    if (statusCode < 200 || statusCode > 299) {
      answer.destroy()
      throw new Error(`the server returned ${statusCode}`)
    }
    const first = statusCode === 206 ? (known?.bytes ?? 0) : 0 // 200: the server sends all of it again
    if (isContinued && first === 0) await noteSource(path, url, headers.etag ?? null)
    const announcedBytes = first + Number(headers['content-length'] ?? 0)
    const totalBytes = announcedBytes > first ? announcedBytes : file.packedBytes
    // A repacked archive may be a little larger, never twice as large.
    const mostBytes = file.packedBytes * 2 + 1024
    const report = progressOf(file.name, totalBytes, onProgress)
    let bytes = first
    const counted = async function* (chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
      for await (const chunk of chunks) {
        arrival.arrived(chunk.length)
        bytes += chunk.length
        if (bytes > mostBytes) throw new Error(`the server sent more than ${mostBytes} bytes`)
        report(bytes)
        yield chunk
      }
    }
    const out = createWriteStream(path, { flags: first === 0 ? 'w' : 'a' })
    await pipeline(answer, counted, out, { signal: stop })
    if (bytes < announcedBytes) throw new Error(`the server sent ${bytes} of ${announcedBytes} bytes`)
  } catch (error) {
    throw arrival.tooSlow.aborted ? arrival.tooSlow.reason : error
  }
}

function progressOf(
  file: string,
  totalBytes: number,
  onProgress: Download['onProgress'],
): (bytes: number) => void {
  const startedAt = performance.now()
  let reportedAt = 0
  return (bytes) => {
    const now = performance.now()
    const isLast = bytes >= totalBytes
    if (!isLast && now - reportedAt < PROGRESS_EVERY_MS) return
    reportedAt = now
    const seconds = (now - startedAt) / 1000
    onProgress?.({
      file,
      bytes,
      totalBytes,
      secondsLeft: seconds < 1 && !isLast ? null : ((totalBytes - bytes) * seconds) / bytes,
    })
  }
}

const diskFull = (file: OfficialFile, cause: unknown): DarkroomError =>
  new DarkroomError(
    'disk_full',
    {
      what: `${file.name} cannot be stored`,
      why: `the disk has no space for its ${file.packedBytes} bytes`,
      remedy: 'Free up space and try again.',
    },
    { cause },
  )

/** The error of a host with several addresses, none of which answers, has a code and no message. */
function reasonOf(error: unknown): string {
  if (isDarkroomError(error)) return error.why
  const { code } = error as { code?: string }
  return messageOf(error) || code || 'the connection failed'
}
