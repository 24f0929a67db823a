/** Copies the files of DATA_DIR that a backup does not have yet; files of the previous backup are shared. */
import { stat, statfs } from 'node:fs/promises'
import path from 'node:path'
import { imagePath } from '#lib/data/database/database-copy.ts'
import { DarkroomError } from '#lib/domain/errors.ts'
import { megabytes } from '#lib/domain/text/size-text.ts'
import { copyHashed, filesBelow, hashOf, inParallel, linked, type FileToCopy } from './copy-files.ts'
import type { BackupPlan, BackupDraft } from './backup-draft.ts'

/**
 * Not in a backup: recreated when needed, specific to this machine, or unfinished. docs/operations.md lists
 * them.
 */
const EXCLUDED = new Set([
  'cache',
  'downloads',
  'imports',
  'prediction-jobs',
  'thumbnails',
  'scratch',
  'logs',
  'runs',
  'setup-token',
  'before-migration',
])

/** Approximate overhead of a file system. */
const SPARE_BYTES = 16 * 1024 ** 2

/**
 * Copies everything in DATA_DIR that is not in the backup yet. Files of images and versions never change,
 * so a file that is already there is not copied again.
 */
export async function copyNewFiles(draft: BackupDraft): Promise<void> {
  const fresh = (await filesBelow(draft.dataDir, isBackedUp(draft))).filter(
    (file) => !draft.entries.has(file.path),
  )
  await requireDiskSpace(draft, fresh)
  const total = fresh.reduce((sum, { bytes }) => sum + bytes, 0)
  let done = 0
  await inParallel(
    fresh,
    async (file) => {
      await store(draft, file)
      await draft.report('files', (done += file.bytes), total)
    },
    draft.signal,
  )
}

function isBackedUp({ dataDir, databaseFile }: BackupPlan): (file: string) => boolean {
  const database = path.relative(dataDir, databaseFile).replaceAll('\\', '/')
  return (file) => {
    const name = path.posix.basename(file)
    if (name.startsWith('.') || name.endsWith('.part') || EXCLUDED.has(file)) return false
    return (
      !(file.includes('/') ? false : /\.(lock|db)(-wal|-shm|-journal)?$/.test(name)) &&
      !file.startsWith(database)
    )
  }
}

async function store(
  { dataDir, staging, entries, linkedFiles, previous }: BackupDraft,
  file: FileToCopy,
): Promise<void> {
  const to = path.join(staging, 'data', file.path)
  const before = previous?.sums.get(`data/${file.path}`)
  const hash = path.posix.basename(file.path)
  const isNamedByContent = before === hash && file.path === imagePathOrNull(hash)
  if (
    previous &&
    before !== undefined &&
    (isNamedByContent || (await hashOf(path.join(dataDir, file.path)))?.sha256 === before)
  ) {
    if (await linked(path.join(previous.folder, 'data', file.path), to)) {
      linkedFiles.add(file.path)
      entries.set(file.path, { path: file.path, bytes: file.bytes, sha256: before })
      return
    }
  }
  const copied = await copyHashed(path.join(dataDir, file.path), to)
  if (copied) entries.set(file.path, { path: file.path, ...copied })
}

async function requireDiskSpace(
  { folder, databaseFile, entries, previous }: BackupDraft,
  files: readonly FileToCopy[],
): Promise<void> {
  const database = entries.size === 0 ? ((await stat(databaseFile).catch(() => null))?.size ?? 0) : 0
  const needed =
    files
      .filter((file) => !previous?.sums.has(`data/${file.path}`))
      .reduce((sum, { bytes }) => sum + bytes, database) + SPARE_BYTES
  const { bavail, bsize } = await statfs(folder)
  if (bavail * bsize >= needed) return
  throw new DarkroomError('disk_full', {
    what: 'No backup was made',
    why: `it needs ${megabytes(needed)}, and ${folder} has ${megabytes(bavail * bsize)} free`,
    remedy: 'Free up space there, or choose another folder (BACKUP_DIR or --to).',
  })
}

export const imagePathOrNull = (hash: string): string | null =>
  /^[0-9a-f]{64}$/.test(hash) ? imagePath(hash) : null
