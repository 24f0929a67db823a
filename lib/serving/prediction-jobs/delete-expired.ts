/** Deletes prediction jobs that ended long ago, and images of jobs that have ended. The worker calls it every half
 *  minute. */
import { readdir, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import type { Data } from '#lib/data/data.ts'
import { JOBS_FOLDER } from './job-folder.ts'

const DAY_MS = 86_400_000
const ANONYMOUS_MOST = 50
/** Between the arrival of the images and the row of the job. */
const GRACE_MS = 600_000

export type DeleteExpiredParts = {
  readonly predictionJobs: Pick<Data['predictionJobs'], 'openIds' | 'expiredIds' | 'remove'>
  readonly dataDir: string
  readonly days: number
  /** For results of anonymous senders. */
  readonly anonymousBytes: number
  readonly now: () => number
}

/** Returns how many jobs were deleted. */
export async function deleteExpiredJobs({
  predictionJobs,
  dataDir,
  days,
  anonymousBytes,
  now,
}: DeleteExpiredParts): Promise<number> {
  const expired = await predictionJobs.expiredIds(new Date(now() - days * DAY_MS), {
    jobs: ANONYMOUS_MOST,
    bytes: anonymousBytes,
  })
  for (const id of expired) await predictionJobs.remove(id)
  const jobs = path.join(dataDir, JOBS_FOLDER)
  const folders = (await readdir(jobs).catch(() => [])).filter((name) => !name.startsWith('.'))
  if (folders.length === 0) return expired.length
  const open = new Set(await predictionJobs.openIds())
  for (const name of folders) {
    const folder = path.join(jobs, name)
    const writtenAt = await stat(folder).then(
      ({ mtimeMs }) => mtimeMs,
      () => Infinity,
    )
    if (!open.has(name) && now() - writtenAt > GRACE_MS) await rm(folder, { recursive: true, force: true })
  }
  return expired.length
}
