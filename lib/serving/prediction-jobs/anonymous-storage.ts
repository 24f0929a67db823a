/**
 * How much prediction jobs without a login or key may store: a part of PUBLIC_STORAGE_MB for images that wait, and as
 * much for results. lib/data counts results by the same formula; nothing is deleted here.
 */
import { readdir, stat } from 'node:fs/promises'
import path from 'node:path'
import { DarkroomError } from '#lib/domain/errors.ts'
import { resultBytes } from '#lib/domain/jobs.ts'
import { megabytes } from '#lib/domain/text/size-text.ts'
import { folderOf } from './job-folder.ts'

/** Throws 413 for results that could never be stored. */
export function checkResults(
  job: { readonly total: number; readonly topK: number },
  limitBytes: number,
): void {
  const bytes = resultBytes(job.total, job.topK)
  if (bytes <= limitBytes) return
  throw new DarkroomError('too_large', {
    what: 'The images were not accepted',
    why:
      `their results could take ${megabytes(bytes)}, and the limit for jobs without a login or key is ` +
      `${megabytes(limitBytes)} (a part of PUBLIC_STORAGE_MB)`,
    remedy: 'Send fewer images, request a smaller top_k, or log in.',
  })
}

/** Throws 409 while the images of these jobs, this one included, take more than the limit. */
export async function checkImages(
  dataDir: string,
  { ids, limitBytes }: { readonly ids: readonly string[]; readonly limitBytes: number },
): Promise<void> {
  const sizes = await Promise.all(ids.map((id) => folderBytes(folderOf(dataDir, id))))
  const bytes = sizes.reduce((sum, size) => sum + size, 0)
  if (bytes <= limitBytes) return
  throw new DarkroomError('conflict', {
    what: 'The images were not accepted',
    why:
      `images of unfinished jobs without a login or key would take ${megabytes(bytes)}, and the limit is ` +
      `${megabytes(limitBytes)} (a part of PUBLIC_STORAGE_MB)`,
    remedy: 'Send fewer or smaller images, wait until a job is finished, or log in.',
  })
}

/** 0 for a folder that is gone. */
async function folderBytes(folder: string): Promise<number> {
  const names = await readdir(folder).catch(() => [])
  const sizes = await Promise.all(
    names.map((name) =>
      stat(path.join(folder, name)).then(
        ({ size }) => size,
        () => 0,
      ),
    ),
  )
  return sizes.reduce((sum, size) => sum + size, 0)
}
