/**
 * Backups as an admin sees and starts them, as health evaluates them, and as the worker finds the next one
 * due. make.ts makes them.
 */
import { readdir, readFile, stat } from 'node:fs/promises'
import path from 'node:path'
import {
  backupProgress,
  type BackupProgress,
  type cancelBackup,
  type createBackup,
  type listBackups,
} from '#lib/contracts/backups.ts'
import type { Input, Output } from '#lib/contracts/contract.ts'
import type { Settings } from '#lib/contracts/settings.ts'
import type { Data } from '#lib/data/data.ts'
import { refusePostgres } from './refuse-postgres.ts'
import { DarkroomError } from '#lib/domain/errors.ts'
import { migrationCopies } from '#lib/data/database/migration-copy.ts'
import { backupsContaining, expiryOf, isSameDisk, type BackupMatch, type BackupQuery } from './find.ts'
import { backupsIn, jsonOf, PROGRESS, UNFINISHED, type StoredBackup } from './layout.ts'
import { backupConcern, everyMs, nextBackupAt, type BackupTimes } from './schedule.ts'

/** A backup without progress for this long has died. */
const SILENT_MS = 120_000
/** Health is checked every few seconds, the folder less often. */
const CONCERN_CACHE_MS = 15_000

export type BackupsParts = {
  readonly data: Pick<Data, 'jobs'>
  readonly places: {
    readonly dataDir: string
    readonly backupDir: string
    readonly databaseFile: string
    readonly databaseUrl?: string
  }
  /** They may change while the product runs. */
  readonly settings: () => Promise<Pick<Settings, 'BACKUP_EVERY' | 'BACKUP_KEEP'>>
  readonly now: () => Date
}

export type BackupCases = {
  readonly listBackups: (input: Input<typeof listBackups>) => Promise<Output<typeof listBackups>>
  readonly createBackup: () => Promise<Output<typeof createBackup>>
  readonly cancelBackup: () => Promise<Output<typeof cancelBackup>>
}

export type Backups = {
  readonly cases: BackupCases
  /** Which backups contain the image or version, and until when. */
  readonly backupsContaining: (query: BackupQuery) => Promise<readonly BackupMatch[]>
  /** The sentence about backups in health; null where there is no problem. */
  readonly concern: () => Promise<string | null>
  /** Queues a backup if one is due; returns whether it did. */
  readonly queueIfDue: () => Promise<boolean>
}

export function createBackups({
  data: { jobs },
  places: { dataDir, backupDir, databaseFile, databaseUrl },
  settings: settingsInForce,
  now,
}: BackupsParts): Backups {
  const settings: BackupsParts['settings'] = async () => {
    const inForce = await settingsInForce()
    return databaseUrl === undefined ? inForce : { ...inForce, BACKUP_EVERY: 'off' }
  }
  let cached: { readonly until: number; readonly concern: string | null } = { until: 0, concern: null }

  const ours = async (): Promise<readonly StoredBackup[]> =>
    (await backupsIn(backupDir)).filter(({ data_dir }) => data_dir === dataDir)

  async function currentState() {
    const [{ BACKUP_EVERY: every, BACKUP_KEEP: keep }, backups, job, progress] = await Promise.all([
      settings(),
      ours(),
      jobs.latest('backup'),
      progressIn(backupDir, dataDir, now()),
    ])
    const newest = backups[0] ? new Date(backups[0].started_at) : null
    const failedAt =
      job?.state === 'failed' && job.endedAt !== null && (newest === null || newest < job.endedAt)
        ? job.endedAt
        : null
    const cancelledAt =
      job?.state === 'cancelled' && job.endedAt !== null && (newest === null || newest < job.endedAt)
        ? job.endedAt
        : null
    const times: BackupTimes = { everyMs: everyMs(every), newest, failedAt, cancelledAt }
    const isPending = job?.state === 'queued' || job?.state === 'running'
    return { every, keep, backups, job, progress, times, isPending }
  }

  async function rotation() {
    const { BACKUP_EVERY: every, BACKUP_KEEP: keep } = await settings()
    return { backupDir, dataDir, keep, everyMs: everyMs(every) }
  }

  async function queue(reason: 'schedule' | 'request'): Promise<string> {
    return jobs.enqueue('backup', { reason }, now().getTime())
  }

  const cases: BackupCases = {
    async listBackups({ image, version }) {
      const { every, keep, backups, job, progress, times, isPending } = await currentState()
      const containing =
        image === undefined && version === undefined
          ? null
          : await backupsContaining(
              {
                images: image === undefined ? [] : [image],
                versions: version === undefined ? [] : [version],
              },
              await rotation(),
            )
      const isRunning = isPending || progress !== null
      return {
        folder: backupDir,
        is_on_data_disk: await stat(backupDir).then(
          () => isSameDisk(backupDir, dataDir),
          () => null,
        ),
        every,
        keep,
        next_at: nextBackupAt(times)?.toISOString() ?? null,
        migration_copies: [...migrationCopies([backupDir, path.dirname(databaseFile)])],
        backups: backups
          .map((backup, position) => ({
            name: backup.name,
            reason: backup.reason,
            started_at: backup.started_at,
            verified_at: backup.verified_at,
            product_version: backup.product_version,
            size_bytes: backup.size_bytes,
            files: backup.files,
            linked_files: backup.linked_files,
            rows: backup.rows,
            remarks: backup.remarks,
            folder: backup.folder,
            removed_after: Math.max(1, keep - position),
            expires_at: expiryOf(position, keep, times)?.toISOString() ?? null,
          }))
          .filter(({ name }) => containing === null || containing.some((one) => one.name === name)),
        running: isRunning
          ? {
              can_cancel: isPending,
              state: progress === null && job?.state === 'queued' ? 'queued' : 'running',
              started_at: progress?.started_at ?? (job?.createdAt ?? now()).toISOString(),
              phase: progress?.phase ?? null,
              progress: percentOf(progress),
            }
          : null,
        last_failure:
          times.failedAt === null
            ? null
            : { at: times.failedAt.toISOString(), message: job?.error?.message ?? '' },
      }
    },
    async createBackup() {
      refusePostgres(databaseUrl, 'No backup was started')
      const { isPending, progress } = await currentState()
      if (isPending || progress !== null)
        throw new DarkroomError('already_running', {
          what: 'No second backup was started',
          why: 'a backup is already in progress',
          remedy: 'Wait until it is complete. GET /api/backups shows its progress.',
        })
      return {
        success: true,
        message: 'The backup has started. It appears in the list when it has been verified.',
        job_id: await queue('request'),
      }
    },
    async cancelBackup() {
      const job = await jobs.latest('backup')
      if (!job || (await jobs.requestCancel(job.id, now().getTime())) === 'over')
        throw new DarkroomError('conflict', {
          what: 'No backup was cancelled',
          why: 'the server is not making one',
          remedy: 'Stop a backup of npm run backup where it was started.',
        })
      return { success: true, message: 'The backup is cancelled. What was copied of it is deleted.' }
    },
  }

  return {
    cases,
    backupsContaining: async (query) => backupsContaining(query, await rotation()),
    async concern() {
      const at = now()
      if (at.getTime() < cached.until) return cached.concern
      cached = {
        until: at.getTime() + CONCERN_CACHE_MS,
        concern: backupConcern((await currentState()).times, at),
      }
      return cached.concern
    },
    async queueIfDue() {
      if (everyMs((await settings()).BACKUP_EVERY) === null) return false
      const { times, isPending, progress } = await currentState()
      const next = nextBackupAt(times)
      if (isPending || progress !== null || next === null || next > now()) return false
      await queue('schedule')
      return true
    },
  }
}

/** Progress of the backup that any process is making. */
async function progressIn(backupDir: string, dataDir: string, now: Date): Promise<BackupProgress | null> {
  const names = await readdir(backupDir).catch(() => [])
  for (const name of names.filter((one) => one.startsWith(UNFINISHED))) {
    const progress = backupProgress.safeParse(
      jsonOf(await readFile(path.join(backupDir, name, PROGRESS), 'utf8').catch(() => '')),
    ).data
    if (progress?.data_dir === dataDir && now.getTime() - Date.parse(progress.updated_at) < SILENT_MS)
      return progress
  }
  return null
}

const percentOf = (progress: BackupProgress | null): number | null =>
  progress === null || progress.total_bytes === 0
    ? null
    : Math.min(100, (100 * progress.done_bytes) / progress.total_bytes)
