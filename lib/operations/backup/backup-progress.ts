/**
 * The progress of a backup: reported to its caller, and stored next to the unfinished backup, where other
 * processes read it.
 */
import path from 'node:path'
import { PROGRESS, writeInPlace } from './layout.ts'
import type { BackupPlan, BackupDraft } from './backup-draft.ts'

const PROGRESS_EVERY_MS = 1_000

/** Reported to the caller, and stored next to the unfinished backup, where other processes read it. */
export function progressReporter(
  { dataDir, now, onProgress }: BackupPlan,
  { name, staging, startedAt }: { readonly name: string; readonly staging: string; readonly startedAt: Date },
): BackupDraft['report'] {
  let reported: { at: number; phase: string } = { at: 0, phase: '' }
  let writing = Promise.resolve()
  return (phase, doneBytes, totalBytes) => {
    const at = now()
    if (phase === reported.phase && at.getTime() - reported.at < PROGRESS_EVERY_MS) return writing
    reported = { at: at.getTime(), phase }
    const progress = {
      name,
      data_dir: dataDir,
      started_at: startedAt.toISOString(),
      updated_at: at.toISOString(),
      phase,
      done_bytes: doneBytes,
      total_bytes: totalBytes,
    }
    onProgress?.(progress)
    return (writing = writing.then(() =>
      writeInPlace(path.join(staging, PROGRESS), JSON.stringify(progress)),
    ))
  }
}
