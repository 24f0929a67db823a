/** Makes one backup while the product runs: files first, then the database, then the files that came in
 *  between. Written aside and renamed when every byte has been read back, so that a killed one leaves nothing
 *  that looks whole. It keeps no timetable and removes no older backup. */
import { closeSync, openSync, writeSync } from 'node:fs'
import { readFile, rename, rm, stat, statfs } from 'node:fs/promises'
import path from 'node:path'
import { BACKUP_FORMAT, type BackupProgress, type BackupSummary } from '#lib/contracts/backups.ts'
import {
  contentsOf,
  copyDatabase,
  databaseDamage,
  imagePath,
  type DatabaseContents,
} from '#lib/data/database-copy.ts'
import { IN_USE_LOCK, lockAlone, lockShared } from '#lib/data/file-lock.ts'
import { DarkroomError } from '#lib/domain/errors.ts'
import {
  copyHashed,
  filesBelow,
  fileTrouble,
  hashOf,
  inParallel,
  linked,
  megabytes,
  type FileToCopy,
} from './copy-files.ts'
import {
  backupsIn,
  damagedBackup,
  DATABASE,
  IMAGES,
  jsonOf,
  nameFor,
  privateFolder,
  PROGRESS,
  readSums,
  SUMMARY,
  SUMS,
  SUMS_SUM,
  sha256Of,
  sumsText,
  sweepLeftovers,
  syncFolder,
  UNFINISHED,
  writeDurably,
  writeInPlace,
  type FileEntry,
  type FoundBackup,
} from './layout.ts'

/** Held while one process makes a backup of this DATA_DIR. */
export const BACKUP_LOCK = 'backup.lock'
/** Made again when needed, of this machine, or half done: no part of a backup. Docs/operations.md lists them. */
const LEFT_OUT = new Set([
  'cache',
  'downloads',
  'thumbnails',
  'scratch',
  'logs',
  'runs',
  'setup-token',
  'before-migration',
])
/** A row and its file may come and go while the database is copied; a second copy is without that row. */
const MOST_DATABASE_COPIES = 5
const PROGRESS_EVERY_MS = 1_000
/** What a file system takes for itself, roughly. */
const SPARE_BYTES = 16 * 1024 ** 2

export type BackupPlan = {
  readonly dataDir: string
  readonly databaseFile: string
  /** Where backups lie: this one becomes a folder in it. */
  readonly folder: string
  readonly reason: BackupSummary['reason']
  readonly productVersion: string
  readonly settings: Readonly<Record<string, string>>
  readonly now: () => Date
  readonly onProgress?: (progress: BackupProgress) => void
  readonly signal?: AbortSignal
}

export async function makeBackup(plan: BackupPlan): Promise<FoundBackup> {
  const { dataDir, folder } = plan
  const what = 'No backup was made'
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
      // ours, or killed before it said whose
      return progress === null || (progress as Partial<BackupProgress>).data_dir === dataDir
    })
    return await made(plan)
  } catch (error) {
    throw fileTrouble(error, { what, place: folder })
  } finally {
    lock?.release()
    inUse.release()
  }
}

type Making = BackupPlan & {
  readonly name: string
  readonly staging: string
  readonly entries: Map<string, FileEntry>
  readonly linkedFiles: Set<string>
  readonly previous: { readonly folder: string; readonly sums: ReadonlyMap<string, string> } | null
  readonly tell: (phase: BackupProgress['phase'], doneBytes: number, totalBytes: number) => Promise<void>
}

async function made(plan: BackupPlan): Promise<FoundBackup> {
  const startedAt = plan.now()
  const name = await freeName(plan.folder, nameFor(startedAt))
  const staging = path.join(plan.folder, `${UNFINISHED}${name}`)
  await privateFolder(path.join(staging, 'data'))
  try {
    const making: Making = {
      ...plan,
      name,
      staging,
      entries: new Map(),
      linkedFiles: new Set(),
      previous: await previousOf(plan),
      tell: teller(plan, { name, staging, startedAt }),
    }
    await making.tell('files', 0, 0)
    await copyNewFiles(making)
    const { contents, lost } = await copyDatabaseWithFiles(making)
    await leaveOutUnknown(making, contents)
    const remarks = [...lostRemarks(lost), ...damagedRemarks(making)]
    await readBack(making)
    const database = await provenDatabase(making)
    const summary = summaryOf(making, { startedAt, contents, remarks, database })
    await seal(making, summary, database)
    await rename(staging, path.join(plan.folder, name))
    await syncFolder(plan.folder)
    return { ...summary, folder: path.join(plan.folder, name) }
  } catch (error) {
    await rm(staging, { recursive: true, force: true })
    throw error
  }
}

async function previousOf({ folder, dataDir }: BackupPlan): Promise<Making['previous']> {
  const newest = (await backupsIn(folder)).find(({ data_dir }) => data_dir === dataDir)
  const sums = newest && (await readSums(newest.folder).catch(() => null))
  return newest && sums ? { folder: newest.folder, sums } : null
}

async function freeName(folder: string, name: string): Promise<string> {
  for (let more = 1; ; more += 1) {
    const free = more === 1 ? name : `${name}-${more}`
    if ((await stat(path.join(folder, free)).catch(() => null)) === null) return free
  }
}

/** Everything in DATA_DIR that is not in the backup yet. Files of images and versions never change, so what
 *  is there stays. */
async function copyNewFiles(making: Making): Promise<void> {
  const fresh = (await filesBelow(making.dataDir, keptBy(making))).filter(
    (file) => !making.entries.has(file.path),
  )
  await refuseWithoutRoom(making, fresh)
  const total = fresh.reduce((sum, { bytes }) => sum + bytes, 0)
  let done = 0
  await inParallel(
    fresh,
    async (file) => {
      await store(making, file)
      await making.tell('files', (done += file.bytes), total)
    },
    making.signal,
  )
}

function keptBy({ dataDir, databaseFile }: BackupPlan): (file: string) => boolean {
  const database = path.relative(dataDir, databaseFile).replaceAll('\\', '/')
  return (file) => {
    const name = path.posix.basename(file)
    if (name.startsWith('.') || name.endsWith('.part') || LEFT_OUT.has(file)) return false
    return (
      !(file.includes('/') ? false : /\.(lock|db)(-wal|-shm|-journal)?$/.test(name)) &&
      !file.startsWith(database)
    )
  }
}

async function store(
  { dataDir, staging, entries, linkedFiles, previous }: Making,
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

/** Copies the database until no row has a file that came after the first look and went before the second.
 *  Files whose rows stay while they are missing were lost in DATA_DIR already. */
async function copyDatabaseWithFiles(
  making: Making,
): Promise<{ contents: DatabaseContents; lost: readonly string[] }> {
  const copy = path.join(making.staging, DATABASE)
  const size = (await stat(making.databaseFile).catch(() => null))?.size ?? 0
  let lost: readonly string[] = []
  for (let turn = 1; ; turn += 1) {
    making.signal?.throwIfAborted()
    await making.tell('database', 0, size)
    await copyDatabase(making.databaseFile, copy)
    const contents = await writingImages(path.join(making.staging, IMAGES), (eachImage) =>
      contentsOf(copy, eachImage),
    )
    await making.tell('database', size, size)
    await copyNewFiles(making)
    const missing = requiredBy(contents).filter((file) => !making.entries.has(file))
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

/** Images and versions that were deleted meanwhile: no row names them. */
async function leaveOutUnknown(
  { entries, linkedFiles, staging }: Making,
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

/** A file that the backup before shares and that went bad there is copied again from the original. */
async function readBack(making: Making): Promise<void> {
  const { staging, dataDir, entries, linkedFiles } = making
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
      await making.tell('verifying', (done += size), total)
    },
    making.signal,
  )
}

async function provenDatabase({ staging }: Making): Promise<FileEntry> {
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

type Findings = {
  readonly startedAt: Date
  readonly contents: DatabaseContents
  readonly remarks: readonly string[]
  readonly database: FileEntry
}

function summaryOf(making: Making, { startedAt, contents, remarks, database }: Findings): BackupSummary {
  const { name, entries, linkedFiles, reason, productVersion, dataDir, settings, now } = making
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

async function seal(
  { staging, entries }: Making,
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

async function refuseWithoutRoom(
  { folder, databaseFile, entries, previous }: Making,
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

const lostRemarks = (lost: readonly string[]): readonly string[] =>
  lost.length === 0
    ? []
    : [
        `${lost.length === 1 ? 'A file is' : `${lost.length} files are`} missing in DATA_DIR and ` +
          `therefore in this backup: ${someOf(lost)}.`,
      ]

function damagedRemarks({ entries }: Making): readonly string[] {
  const damaged = [...entries.values()]
    .filter(
      ({ path: file, sha256 }) =>
        file === imagePathOrNull(path.posix.basename(file)) && sha256 !== path.posix.basename(file),
    )
    .map(({ path: file }) => file)
  return damaged.length === 0
    ? []
    : [
        `${damaged.length === 1 ? 'An image is' : `${damaged.length} images are`} damaged in DATA_DIR ` +
          `and therefore in this backup: ${someOf(damaged)}.`,
      ]
}

const SHOWN = 3
const someOf = (files: readonly string[]): string =>
  `${files.slice(0, SHOWN).join(', ')}${files.length > SHOWN ? ` and ${files.length - SHOWN} more` : ''}`

const imagePathOrNull = (hash: string): string | null =>
  /^[0-9a-f]{64}$/.test(hash) ? imagePath(hash) : null

const isWithin = (folder: string, inner: string): boolean => {
  const between = path.relative(folder, inner)
  return between === '' || (!between.startsWith('..') && !path.isAbsolute(between))
}

/** Told to the caller, and kept next to what is being made, where other processes read it. */
function teller(
  { dataDir, now, onProgress }: BackupPlan,
  { name, staging, startedAt }: { readonly name: string; readonly staging: string; readonly startedAt: Date },
): Making['tell'] {
  let told: { at: number; phase: string } = { at: 0, phase: '' }
  let writing = Promise.resolve()
  return (phase, doneBytes, totalBytes) => {
    const at = now()
    if (phase === told.phase && at.getTime() - told.at < PROGRESS_EVERY_MS) return writing
    told = { at: at.getTime(), phase }
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
