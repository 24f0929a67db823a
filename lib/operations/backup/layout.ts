/**
 * The layout of a backup on the disk: `NAME/data/…` as in DATA_DIR, `NAME/images.txt`, `NAME/backup.json`,
 * and `NAME/SHA256SUMS` over all of these, for `sha256sum -c`. It reads and writes these lists; the files
 * themselves are copied and verified elsewhere.
 */
import { createHash } from 'node:crypto'
import { constants, mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises'
import path from 'node:path'
import { backupSummary, type BackupSummary } from '#lib/contracts/backups.ts'
import { DarkroomError } from '#lib/domain/errors.ts'

export const DATABASE = 'data/darkroom.db'
export const SUMMARY = 'backup.json'
/**
 * The sha256 of every image in its database, sorted, one per line: small images are in rows, not in files.
 */
export const IMAGES = 'images.txt'
export const SUMS = 'SHA256SUMS'
/** The sha256 of SHA256SUMS itself. */
export const SUMS_SUM = 'SHA256SUMS.sha256'
export const PROGRESS = 'progress.json'
/** A backup in progress, or one whose process was killed. */
export const UNFINISHED = '.unfinished-'
/** A backup that is being removed. */
const REMOVED = '.removing-'
const NAME = /^\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ(-\d+)?$/

export type FileEntry = { readonly path: string; readonly bytes: number; readonly sha256: string }
export type StoredBackup = BackupSummary & { readonly folder: string }

export const nameFor = (at: Date): string => `${at.toISOString().slice(0, 19).replaceAll(':', '-')}Z`

export const sha256Of = (content: string | Uint8Array): string =>
  createHash('sha256').update(content).digest('hex')

export const sumsText = (entries: readonly Pick<FileEntry, 'path' | 'sha256'>[]): string =>
  entries
    .toSorted((a, b) => (a.path < b.path ? -1 : 1))
    .map(({ path: file, sha256 }) => `${sha256}  ${file}\n`)
    .join('')

/** By path. Throws `file_damaged` where the list is not the sealed one. */
export async function readSums(folder: string): Promise<ReadonlyMap<string, string>> {
  const text = await readFile(path.join(folder, SUMS), 'utf8').catch((error: unknown) => {
    throw damagedBackup(folder, `${SUMS} cannot be read (${codeOf(error)})`)
  })
  const sealed = await readFile(path.join(folder, SUMS_SUM), 'utf8').catch((error: unknown) => {
    throw damagedBackup(folder, `${SUMS_SUM} cannot be read (${codeOf(error)})`)
  })
  if (sealed !== sumsText([{ path: SUMS, sha256: sha256Of(text) }]))
    throw damagedBackup(
      folder,
      `${SUMS} and ${SUMS_SUM} do not match: one of them has changed since it was written`,
    )
  const sums = new Map(
    text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => [line.slice(66), line.slice(0, 64)]),
  )
  const outside = [...sums.keys()].find(
    (file) => path.posix.isAbsolute(file) || file.split(/[\\/]/).includes('..'),
  )
  if (outside !== undefined)
    throw damagedBackup(folder, `${SUMS} names ${outside.slice(0, 100)}, which is outside the backup`)
  return sums
}

/** The summary that a backup contains; throws `file_damaged` where it cannot be read. */
export async function readSummary(folder: string): Promise<StoredBackup> {
  const text = await readFile(path.join(folder, SUMMARY), 'utf8').catch((error: unknown) => {
    throw damagedBackup(folder, `${SUMMARY} cannot be read (${codeOf(error)})`)
  })
  const parsed = backupSummary.safeParse(jsonOf(text))
  if (!parsed.success)
    throw damagedBackup(folder, `${SUMMARY} has a format that this version of Darkroom cannot read`)
  return { ...parsed.data, folder }
}

/** Finished backups in a folder, newest first. Everything else is skipped. */
export async function backupsIn(folder: string): Promise<readonly StoredBackup[]> {
  const names = await readdir(folder).catch(() => [])
  const backups = await Promise.all(
    names
      .filter((name) => NAME.test(name))
      .map((name) => readSummary(path.join(folder, name)).catch(() => null)),
  )
  return backups.filter((one) => one !== null).toSorted((a, b) => (a.started_at < b.started_at ? 1 : -1))
}

/** Renamed first, then removed, so that a half-removed backup is never mistaken for a complete one. */
export async function removeBackup({ folder }: Pick<StoredBackup, 'folder'>): Promise<void> {
  const aside = path.join(path.dirname(folder), `${REMOVED}${path.basename(folder)}`)
  await rename(folder, aside)
  await rm(aside, { recursive: true, force: true })
}

/**
 * Removes what killed processes left: half-removed backups of any DATA_DIR, and unfinished backups of this
 * one, which only one process makes at a time.
 */
export async function sweepLeftovers(
  folder: string,
  isOurs: (unfinished: string) => Promise<boolean>,
): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) {
    const file = path.join(folder, name)
    if (name.startsWith(REMOVED) || (name.startsWith(UNFINISHED) && (await isOurs(file))))
      await rm(file, { recursive: true, force: true })
  }
}

/** On the disk, not only in its cache, when this resolves. */
export async function writeDurably(file: string, content: string): Promise<void> {
  const handle = await open(file, 'w', 0o600)
  try {
    await handle.writeFile(content)
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** The names in a folder are durable only after this. Windows has no such call. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return
  const handle = await open(folder, constants.O_RDONLY)
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Replaces the file atomically: a reader sees the old content or the new one. */
export async function writeInPlace(file: string, content: string): Promise<void> {
  await writeDurably(`${file}.part`, content)
  await rename(`${file}.part`, file)
}

export const privateFolder = (folder: string): Promise<unknown> =>
  mkdir(folder, { recursive: true, mode: 0o700 })

export const damagedBackup = (folder: string, why: string): DarkroomError =>
  new DarkroomError('file_damaged', {
    what: `The backup ${path.basename(folder)} is damaged`,
    why,
    remedy: 'Use another backup; nothing was changed.',
  })

export const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : String(error)

export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
