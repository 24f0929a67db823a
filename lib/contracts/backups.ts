/** Backups: the content of `backup.json`, the list for admins, and starting a backup. The files of a backup are
 *  listed in its SHA256SUMS. */
import { z } from 'zod'
import { contract } from './contract.ts'
import { id, time } from './fields.ts'

/** Raised when the current program cannot read older backups, or the other way round. */
export const BACKUP_FORMAT = 1

export const backupSummary = z.object({
  format: z.literal(BACKUP_FORMAT),
  name: z.string().describe('the folder, named after the start time (UTC)'),
  reason: z
    .enum(['schedule', 'request', 'command'])
    .describe('BACKUP_EVERY; the button or POST /api/backups; npm run backup'),
  started_at: time,
  verified_at: time.describe('when every file had been read back and matched the sha256 of its original'),
  product_version: z.string(),
  data_dir: z.string(),
  size_bytes: z.number().int().min(0),
  files: z.number().int().min(0),
  linked_files: z
    .number()
    .int()
    .min(0)
    .describe('hard links to the previous backup, which use no additional space'),
  migrations: z.array(z.string()).describe('the migrations applied to its database'),
  rows: z.record(z.string(), z.number().int()).describe('number of rows in each table'),
  settings: z.record(z.string(), z.string()).describe('the settings from the environment, without secrets'),
  remarks: z.array(z.string()).describe('problems that already existed in DATA_DIR, such as a missing file'),
})
export type BackupSummary = z.output<typeof backupSummary>

export const backupProgress = z.object({
  name: z.string(),
  data_dir: z.string(),
  started_at: time,
  updated_at: time,
  phase: z.enum(['files', 'database', 'verifying']),
  done_bytes: z.number().min(0),
  total_bytes: z.number().min(0),
})
export type BackupProgress = z.output<typeof backupProgress>

/** The renames of a restore, in order; each is done once, however often the restore is started. */
export const swapPlan = z.object({ moves: z.array(z.object({ from: z.string(), to: z.string() })) })
export type SwapPlan = z.output<typeof swapPlan>

export const restoreRecord = z.object({
  backup: z.string(),
  from: z.string(),
  at: time,
  aside: z.string().nullable(),
})
export type RestoreRecord = z.output<typeof restoreRecord>

const shownBackup = backupSummary
  .pick({
    name: true,
    reason: true,
    started_at: true,
    verified_at: true,
    product_version: true,
    size_bytes: true,
    files: true,
    linked_files: true,
    rows: true,
    remarks: true,
  })
  .extend({
    folder: z.string(),
    removed_after: z
      .number()
      .int()
      .describe('number of newer backups after which it is removed (BACKUP_KEEP)'),
    expires_at: time
      .nullable()
      .describe(
        'when that is expected according to BACKUP_EVERY; null: unknown, because no backups are scheduled',
      ),
  })

export const listBackups = contract({
  method: 'GET',
  path: '/api/backups',
  scope: 'admin',
  summary:
    'List the backups in BACKUP_DIR, newest first, and the one in progress; with image or version, only ' +
    'those that contain it',
  input: z.object({
    image: z
      .string()
      .regex(/^[0-9a-f]{64}$/, 'must be the sha256 of an image')
      .optional(),
    version: z
      .string()
      .regex(/^[a-z0-9-]+\/v[0-9]+$/, 'must be a classifier and a version, such as cats/v3')
      .optional(),
  }),
  output: z.object({
    folder: z.string(),
    is_on_data_disk: z
      .boolean()
      .nullable()
      .describe('true: data and backups are on the same disk; null: not known yet'),
    every: z.string().describe('BACKUP_EVERY: off, or hours or days such as 24h or 7d'),
    keep: z.number().int(),
    next_at: time.nullable(),
    backups: z.array(shownBackup),
    migration_copies: z
      .array(z.string())
      .describe(
        'copies of the database made before migrations, which may contain deleted data; each migration ' +
          'removes the oldest',
      ),
    running: z
      .object({
        state: z.enum(['queued', 'running']),
        can_cancel: z.boolean().describe('false: npm run backup makes it'),
        started_at: time,
        phase: backupProgress.shape.phase.nullable(),
        progress: z.number().min(0).max(100).nullable(),
      })
      .nullable(),
    last_failure: z
      .object({ at: time, message: z.string() })
      .nullable()
      .describe('null: no failure since the newest backup'),
  }),
})

export const createBackup = contract({
  method: 'POST',
  path: '/api/backups',
  scope: 'admin',
  summary: 'Start a backup now; GET /api/backups shows its progress',
  status: 202,
  input: z.object({}),
  output: z.object({ success: z.literal(true), message: z.string(), job_id: id }),
  errors: ['already_running'],
})

export const cancelBackup = contract({
  method: 'DELETE',
  path: '/api/backups',
  scope: 'admin',
  summary: 'Cancel the backup in progress; what was copied of it is deleted, and earlier backups stay',
  input: z.object({}),
  output: z.object({ success: z.literal(true), message: z.string() }),
  errors: ['conflict'],
})
