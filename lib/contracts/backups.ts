/** Backups: what `backup.json` in each says of it, and how an admin sees them and starts one. Not what is in them: SHA256SUMS lists that. */
import { z } from 'zod'
import { time } from './words.ts'

/** Raised when a program of today could not read an older backup, or the other way round. */
export const BACKUP_FORMAT = 1

export const backupSummary = z.object({
  format: z.literal(BACKUP_FORMAT),
  name: z.string().describe('the folder, named by when it was started (UTC)'),
  reason: z.enum(['schedule', 'request', 'command']).describe('BACKUP_EVERY; the button or POST /api/backups; npm run backup'),
  started_at: time,
  verified_at: time.describe('when every file had been read back and had the sha256 of its original'),
  product_version: z.string(),
  data_dir: z.string(),
  size_bytes: z.number().int().min(0),
  files: z.number().int().min(0),
  linked_files: z.number().int().min(0).describe('shared with the backup before it (hard links): they take no room of their own'),
  migrations: z.array(z.string()).describe('the layout of its database'),
  rows: z.record(z.string(), z.number().int()).describe('rows of each table'),
  settings: z.record(z.string(), z.string()).describe('what the environment set, without secrets'),
  remarks: z.array(z.string()).describe('what was already wrong in DATA_DIR, such as a missing file'),
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

/** The renames of a restore, in order; each is done once, however often it is begun. */
export const swapPlan = z.object({ moves: z.array(z.object({ from: z.string(), to: z.string() })) })
export type SwapPlan = z.output<typeof swapPlan>

export const restoreRecord = z.object({ backup: z.string(), from: z.string(), at: time, aside: z.string().nullable() })
export type RestoreRecord = z.output<typeof restoreRecord>
