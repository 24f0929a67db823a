/** Makes one backup while the product runs: files first, then the database, then the files added in between.
 *  It is written under a temporary name and renamed when every byte has been verified, so that a killed
 *  backup leaves nothing that looks complete. It has no schedule and removes no older backup. */
import { refusePostgres } from './refuse-postgres.ts'
import { closeSync, openSync, writeSync } from 'node:fs'
import { readFile, rename, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import { BACKUP_FORMAT, type BackupProgress, type BackupSummary } from '#lib/contracts/backups.ts'
import {
  contentsOf,
  copyDatabase,
  databaseDamage,
  imagePath,
  type DatabaseContents,
} from '#lib/data/database/database-copy.ts'
import { IN_USE_LOCK, lockAlone, lockShared } from '#lib/data/database/file-lock.ts'
import { DarkroomError } from '#lib/domain/errors.ts'
import { progressReporter } from './backup-progress.ts'
import { damagedRemarks, lostRemarks } from './backup-remarks.ts'
import { copyNewFiles, imagePathOrNull } from './copy-data-files.ts'
import { copyHashed, fileTrouble, hashOf, inParallel } from './copy-files.ts'
import {
  damagedBackup,
  DATABASE,
  IMAGES,
  jsonOf,
  nameFor,
  privateFolder,
  PROGRESS,
  sha256Of,
  SUMMARY,
  SUMS,
  SUMS_SUM,
  sumsText,
  sweepLeftovers,
  syncFolder,
  UNFINISHED,
  writeDurably,
  type FileEntry,
  type StoredBackup,
} from './layout.ts'
import { freeName, previousOf, type BackupPlan, type BackupDraft } from './backup-draft.ts'

/** Held while one process makes a backup of this DATA_DIR. */
export const BACKUP_LOCK = 'backup.lock'

/**
 * A row and its file may be added and deleted while the database is copied; a second copy does not have
 * that row.
 */
const MOST_DATABASE_COPIES = 5

export async function makeBackup(plan: BackupPlan): Promise<StoredBackup> {
  const { dataDir, folder } = plan
  const what = 'No backup was made'
  refusePostgres(plan.databaseUrl, what)
  if (isWithin(dataDir, folder))
    throw new DarkroomError('invalid_input', {
      what,
      why: `${folder} is in DATA_DIR and would be lost with it`,
      remedy: 'Choose a folder outside DATA_DIR (BACKUP_DIR or --to), preferably on another disk.',
    })
  const inUse = lockShared(path.join(dataDir, IN_USE_LOCK))
  if (!inUse)
    throw new DarkroomError('conflict', {
      what,
      why: `a backup is being restored to ${dataDir}`,
      remedy: 'Try again when the restore is complete.',
    })
  const lock = lockAlone(path.join(dataDir, BACKUP_LOCK))
  try {
    if (!lock)
      throw new DarkroomError('already_running', {
        what,
        why: `another backup of ${dataDir} is being made`,
        remedy: 'Wait until it appears in the list of backups.',
      })
    await privateFolder(folder)
    await sweepLeftovers(folder, async (unfinished) => {
      const progress = jsonOf(await readFile(path.join(unfinished, PROGRESS), 'utf8').catch(() => ''))
      // ours, or killed before it wrote its folder
      return progress === null || (progress as Partial<BackupProgress>).data_dir === dataDir
    })
    return await writeBackup(plan)
  } catch (error) {
    throw fileTrouble(error, { what, place: folder })
  } finally {
    lock?.release()
    inUse.release()
  }
}

async function writeBackup(plan: BackupPlan): Promise<StoredBackup> {
  const startedAt = plan.now()
  const name = await freeName(plan.folder, nameFor(startedAt))
  const staging = path.join(plan.folder, `${UNFINISHED}${name}`)
  await privateFolder(path.join(staging, 'data'))
  try {
    const draft: BackupDraft = {
      ...plan,
      name,
      staging,
      entries: new Map(),
      linkedFiles: new Set(),
      previous: await previousOf(plan),
      report: progressReporter(plan, { name, staging, startedAt }),
    }
    await draft.report('files', 0, 0)
    await copyNewFiles(draft)
    const { contents, lost } = await copyDatabaseWithFiles(draft)
    await dropUnknownFiles(draft, contents)
    const remarks = [...lostRemarks(lost), ...damagedRemarks(draft)]
    await verifyCopies(draft)
    const database = await verifiedDatabase(draft)
    const summary = summaryOf(draft, { startedAt, contents, remarks, database })
    await writeSummary(draft, summary, database)
    await rename(staging, path.join(plan.folder, name))
    await syncFolder(plan.folder)
    return { ...summary, folder: path.join(plan.folder, name) }
  } catch (error) {
    await rm(staging, { recursive: true, force: true })
    throw error
  }
}

/**
 * Copies the database until no row has a file that was added after the first pass and deleted before the
 * second. Missing files whose rows still exist were already lost in DATA_DIR.
 */
async function copyDatabaseWithFiles(
  draft: BackupDraft,
): Promise<{ contents: DatabaseContents; lost: readonly string[] }> {
  const copy = path.join(draft.staging, DATABASE)
  const size = (await stat(draft.databaseFile).catch(() => null))?.size ?? 0
  let lost: readonly string[] = []
  for (let turn = 1; ; turn += 1) {
    draft.signal?.throwIfAborted()
    await draft.report('database', 0, size)
    await copyDatabase(draft.databaseFile, copy)
    const contents = await writingImages(path.join(draft.staging, IMAGES), (eachImage) =>
      contentsOf(copy, eachImage),
    )
    await draft.report('database', size, size)
    await copyNewFiles(draft)
    const missing = requiredBy(contents).filter((file) => !draft.entries.has(file))
    if (missing.every((file) => lost.includes(file)) || turn === MOST_DATABASE_COPIES)
      return { contents, lost: missing }
    lost = missing
  }
}

const requiredBy = ({ imageFiles, versions }: DatabaseContents): readonly string[] => [
  ...imageFiles.map(imagePath),
  ...versions.map((version) => `models/${version}/manifest.json`),
]

async function writingImages<T>(
  file: string,
  work: (eachImage: (hash: string) => void) => Promise<T>,
): Promise<T> {
  const handle = openSync(file, 'w', 0o600)
  let lines: string[] = []
  const flush = (): void => {
    if (lines.length > 0) writeSync(handle, lines.join(''))
    lines = []
  }
  try {
    const answer = await work((hash) => {
      if (lines.push(`${hash}\n`) >= 10_000) flush()
    })
    flush()
    return answer
  } finally {
    closeSync(handle)
  }
}

/** Removes images and versions that were deleted meanwhile: no row names them. */
async function dropUnknownFiles(
  { entries, linkedFiles, staging }: BackupDraft,
  { imageFiles, versions }: DatabaseContents,
): Promise<void> {
  const images = new Set(imageFiles)
  const folders = new Set(versions)
  for (const { path: file } of entries.values()) {
    const version = /^models\/([^/]+\/v\d+)\//.exec(file)?.[1]
    const image = file === imagePathOrNull(path.posix.basename(file)) ? path.posix.basename(file) : undefined
    if ((version === undefined || folders.has(version)) && (image === undefined || images.has(image)))
      continue
    entries.delete(file)
    linkedFiles.delete(file)
    await rm(path.join(staging, 'data', file), { force: true })
  }
}

/** Copies a file again from the original where the copy shared with the previous backup is damaged. */
async function verifyCopies(draft: BackupDraft): Promise<void> {
  const { staging, dataDir, entries, linkedFiles } = draft
  const files = [...entries.values()]
  const total = files.reduce((sum, { bytes }) => sum + bytes, 0)
  let done = 0
  await inParallel(
    files,
    async ({ path: file, sha256 }) => {
      const copy = path.join(staging, 'data', file)
      const isWhole = async () => (await hashOf(copy))?.sha256 === sha256
      if (!(await isWhole())) {
        linkedFiles.delete(file)
        await rm(copy, { force: true })
        await copyHashed(path.join(dataDir, file), copy)
        if (!(await isWhole()))
          throw damagedBackup(
            staging,
            `${file} could not be copied intact from the previous backup or from DATA_DIR`,
          )
      }
      const { size } = await stat(copy)
      entries.set(file, { path: file, bytes: size, sha256 })
      await draft.report('verifying', (done += size), total)
    },
    draft.signal,
  )
}

async function verifiedDatabase({ staging }: BackupDraft): Promise<FileEntry> {
  const file = path.join(staging, DATABASE)
  const damage = databaseDamage(file)
  if (damage !== null)
    throw new DarkroomError('file_damaged', {
      what: 'No backup was made',
      why: `the database in DATA_DIR is damaged: ${damage}`,
      remedy: 'Restore an earlier backup; earlier backups are kept.',
    })
  return { path: DATABASE, ...(await hashOf(file))! }
}

type SummaryParts = {
  readonly startedAt: Date
  readonly contents: DatabaseContents
  readonly remarks: readonly string[]
  readonly database: FileEntry
}

function summaryOf(
  draft: BackupDraft,
  { startedAt, contents, remarks, database }: SummaryParts,
): BackupSummary {
  const { name, entries, linkedFiles, reason, productVersion, dataDir, settings, now } = draft
  return {
    format: BACKUP_FORMAT,
    name,
    reason,
    started_at: startedAt.toISOString(),
    verified_at: now().toISOString(),
    product_version: productVersion,
    data_dir: dataDir,
    size_bytes: [...entries.values()].reduce((sum, { bytes }) => sum + bytes, database.bytes),
    files: entries.size + 1,
    linked_files: linkedFiles.size,
    migrations: [...contents.migrations],
    rows: { ...contents.counts },
    settings: { ...settings },
    remarks: [...remarks],
  }
}

async function writeSummary(
  { staging, entries }: BackupDraft,
  summary: BackupSummary,
  database: FileEntry,
): Promise<void> {
  const images = { path: IMAGES, sha256: (await hashOf(path.join(staging, IMAGES)))!.sha256 }
  const json = `${JSON.stringify(summary, null, 2)}\n`
  await writeDurably(path.join(staging, SUMMARY), json)
  const copied = [...entries.values()].map(({ path: file, sha256 }) => ({ path: `data/${file}`, sha256 }))
  const sums = sumsText([...copied, database, images, { path: SUMMARY, sha256: sha256Of(json) }])
  await writeDurably(path.join(staging, SUMS), sums)
  await writeDurably(path.join(staging, SUMS_SUM), sumsText([{ path: SUMS, sha256: sha256Of(sums) }]))
  await rm(path.join(staging, PROGRESS), { force: true })
  for (const folder of new Set([
    '',
    'data',
    ...[...entries.keys()].flatMap((file) => foldersOf(`data/${file}`)),
  ]))
    await syncFolder(path.join(staging, folder))
}

const foldersOf = (file: string): string[] =>
  file
    .split('/')
    .slice(0, -1)
    .map((_, i, parts) => parts.slice(0, i + 1).join('/'))

const isWithin = (folder: string, inner: string): boolean => {
  const between = path.relative(folder, inner)
  return between === '' || (!between.startsWith('..') && !path.isAbsolute(between))
}
