/** A backup in progress: its options, and the files copied so far. */
import type { BackupProgress, BackupSummary } from '#lib/contracts/backups.ts'
import { backupsIn, readSums, type FileEntry } from './layout.ts'

export type BackupPlan = {
  readonly dataDir: string
  readonly databaseFile: string
  /** The folder of backups: this one becomes a folder in it. */
  readonly folder: string
  readonly reason: BackupSummary['reason']
  readonly productVersion: string
  readonly settings: Readonly<Record<string, string>>
  readonly now: () => Date
  readonly onProgress?: (progress: BackupProgress) => void
  readonly signal?: AbortSignal
}

export type BackupDraft = BackupPlan & {
  readonly name: string
  readonly staging: string
  readonly entries: Map<string, FileEntry>
  readonly linkedFiles: Set<string>
  readonly previous: { readonly folder: string; readonly sums: ReadonlyMap<string, string> } | null
  readonly report: (phase: BackupProgress['phase'], doneBytes: number, totalBytes: number) => Promise<void>
}

export async function previousOf({ folder, dataDir }: BackupPlan): Promise<BackupDraft['previous']> {
  const newest = (await backupsIn(folder)).find(({ data_dir }) => data_dir === dataDir)
  const sums = newest && (await readSums(newest.folder).catch(() => null))
  return newest && sums ? { folder: newest.folder, sums } : null
}
