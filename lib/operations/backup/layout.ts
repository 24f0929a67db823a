/** How a backup lies on the disk: `NAME/data/…` as in DATA_DIR, `NAME/images.txt`, `NAME/backup.json`, and
 *  `NAME/SHA256SUMS` over all of these, which
 *  `sha256sum -c` understands. It reads and writes these lists; the files themselves are copied and verified
 *  elsewhere. */
import { createHash } from 'node:crypto'
import { constants, mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises'
import path from 'node:path'
import { backupSummary, type BackupSummary } from '#lib/contracts/backups.ts'
import { DarkroomError } from '#lib/domain/errors.ts'

export const DATABASE = 'data/darkroom.db'
export const SUMMARY = 'backup.json'
/** The sha256 of every image that its database has, sorted, one a line: small images lie in rows, not files. */
export const IMAGES = 'images.txt'
export const SUMS = 'SHA256SUMS'
/** The sha256 of SHA256SUMS itself. */
export const SUMS_SUM = 'SHA256SUMS.sha256'
export const PROGRESS = 'progress.json'
/** A backup that is being made, or whose maker was killed. */
export const UNFINISHED = '.unfinished-'
/** A backup that is being removed. */
const REMOVED = '.removing-'
const NAME = /^\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ(-\d+)?$/

export type FileEntry = { readonly path: string; readonly bytes: number; readonly sha256: string }
export type FoundBackup = BackupSummary & { readonly folder: string }

export const nameFor = (at: Date): string => `${at.toISOString().slice(0, 19).replaceAll(':', '-')}Z`

export const sha256Of = (content: string | Uint8Array): string =>
  createHash('sha256').update(content).digest('hex')

export const sumsText = (entries: readonly Pick<FileEntry, 'path' | 'sha256'>[]): string =>
  entries
    .toSorted((a, b) => (a.path < b.path ? -1 : 1))
    .map(({ path: file, sha256 }) => `${sha256}  ${file}\n`)
    .join('')

/** By path. Throws `file_damaged` where the list is not the one that was sealed. */
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

/** What a backup says of itself; `file_damaged` where it says nothing that can be understood. */
export async function readSummary(folder: string): Promise<FoundBackup> {
  const text = await readFile(path.join(folder, SUMMARY), 'utf8').catch((error: unknown) => {
    throw damagedBackup(folder, `${SUMMARY} cannot be read (${codeOf(error)})`)
  })
  const parsed = backupSummary.safeParse(jsonOf(text))
  if (!parsed.success)
    throw damagedBackup(folder, `${SUMMARY} has a format that this version of Darkroom cannot read`)
  return { ...parsed.data, folder }
}

/** Finished backups in a folder, newest first. What is not one is passed over. */
export async function backupsIn(folder: string): Promise<readonly FoundBackup[]> {
  const names = await readdir(folder).catch(() => [])
  const found = await Promise.all(
    names
      .filter((name) => NAME.test(name))
      .map((name) => readSummary(path.join(folder, name)).catch(() => null)),
  )
  return found.filter((one) => one !== null).toSorted((a, b) => (a.started_at < b.started_at ? 1 : -1))
}

/** First out of sight, then removed: a half-removed backup is never taken for one. */
export async function removeBackup({ folder }: Pick<FoundBackup, 'folder'>): Promise<void> {
  const aside = path.join(path.dirname(folder), `${REMOVED}${path.basename(folder)}`)
  await rename(folder, aside)
  await rm(aside, { recursive: true, force: true })
}

/** What killed processes left: removals of any, and unfinished backups of this DATA_DIR, which only one
 *  process makes at a time. */
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

/** On the disk, not only on its way there, when this resolves. */
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

/** Replaces the file at once: a reader sees the one before or this one. */
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
