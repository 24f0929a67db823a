/** A backup in progress: its options, and the files copied so far. */
import { stat } from 'node:fs/promises'
import path from 'node:path'
import type { BackupProgress, BackupSummary } from '#lib/contracts/backups.ts'
import { backupsIn, readSums, type FileEntry } from './layout.ts'

export type BackupPlan = {
  readonly dataDir: string
  readonly databaseFile: string
  readonly databaseUrl?: string | undefined
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

/** `name`, with a number where the folder already has a backup of that name. */
export async function freeName(folder: string, name: string): Promise<string> {
  for (let more = 1; ; more += 1) {
    const free = more === 1 ? name : `${name}-${more}`
    if ((await stat(path.join(folder, free)).catch(() => null)) === null) return free
  }
}
