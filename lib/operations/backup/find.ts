/**
 * Which backups contain an image or a version, and until when, for a person who deletes data permanently.
 * It deletes nothing.
 */
import { open, stat } from 'node:fs/promises'
import path from 'node:path'
import { backupsIn, IMAGES, readSums, type StoredBackup } from './layout.ts'

/** A sha256 in hexadecimal and a line feed: IMAGES is sorted, so a line is found by binary search. */
const LINE_BYTES = 65

export type BackupQuery = {
  /** sha256 of images. */
  readonly images?: readonly string[]
  /** `cats/v3`. */
  readonly versions?: readonly string[]
}

export type BackupMatch = {
  readonly name: string
  readonly folder: string
  readonly startedAt: Date
  readonly images: readonly string[]
  readonly versions: readonly string[]
  /** As many newer backups remove it (BACKUP_KEEP). */
  readonly expiresAfterBackups: number
  /**
   * When that will be, by BACKUP_EVERY; null where no backups are scheduled, so that it stays until as many
   * are made by hand, or it is removed.
   */
  readonly expiresAt: Date | null
}

type Rotation = {
  readonly backupDir: string
  readonly dataDir: string
  readonly keep: number
  /** null: off. */ readonly everyMs: number | null
}

/** Newest first; backups that contain none of it are omitted. Only backups in BACKUP_DIR are known. */
export async function backupsContaining(
  query: BackupQuery,
  { backupDir, dataDir, keep, everyMs }: Rotation,
): Promise<readonly BackupMatch[]> {
  const ours = (await backupsIn(backupDir)).filter(({ data_dir }) => data_dir === dataDir)
  const newest = ours[0]
  const matches: BackupMatch[] = []
  for (const [position, backup] of ours.entries()) {
    const images = await imagesIn(backup, query.images ?? [])
    const versions = await versionsIn(backup, query.versions ?? [])
    if (images.length === 0 && versions.length === 0) continue
    const expiresAfterBackups = Math.max(1, keep - position)
    const expiresAt = expiryOf(position, keep, {
      everyMs,
      newest: newest ? new Date(newest.started_at) : null,
    })
    matches.push({
      name: backup.name,
      folder: backup.folder,
      startedAt: new Date(backup.started_at),
      images,
      versions,
      expiresAfterBackups,
      expiresAt,
    })
  }
  return matches
}

/** When rotation removes the backup at this position (0: the newest); null where no backups are scheduled. */
export const expiryOf = (
  position: number,
  keep: number,
  { everyMs, newest }: { readonly everyMs: number | null; readonly newest: Date | null },
): Date | null =>
  everyMs === null || newest === null
    ? null
    : new Date(newest.getTime() + Math.max(1, keep - position) * everyMs)

async function imagesIn({ folder }: StoredBackup, expected: readonly string[]): Promise<readonly string[]> {
  if (expected.length === 0) return []
  const file = await open(path.join(folder, IMAGES), 'r').catch(() => null)
  if (file === null) return []
  try {
    const lines = Math.floor((await file.stat()).size / LINE_BYTES)
    const line = async (at: number): Promise<string> =>
      (await file.read(Buffer.alloc(LINE_BYTES - 1), 0, LINE_BYTES - 1, at * LINE_BYTES)).buffer.toString(
        'latin1',
      )
    const contained: string[] = []
    for (const hash of expected) {
      let [low, high] = [0, lines]
      while (low < high) {
        const middle = Math.floor((low + high) / 2)
        if ((await line(middle)) < hash) low = middle + 1
        else high = middle
      }
      if (low < lines && (await line(low)) === hash) contained.push(hash)
    }
    return contained
  } finally {
    await file.close()
  }
}

async function versionsIn({ folder }: StoredBackup, expected: readonly string[]): Promise<readonly string[]> {
  if (expected.length === 0) return []
  const sums = await readSums(folder).catch(() => new Map<string, string>())
  return expected.filter((version) => sums.has(`data/models/${version}/manifest.json`))
}

/** Whether both are on one disk (or one partition of it), as far as the system reports it. */
export async function isSameDisk(one: string, other: string): Promise<boolean> {
  const [first, second] = await Promise.all([stat(one), stat(other)])
  return first.dev === second.dev
}
