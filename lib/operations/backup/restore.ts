/**
 * Replaces DATA_DIR by a backup: it verifies the backup, copies it next to the existing data, then swaps
 * both by renames that a list describes, so that a restore killed between them can be completed
 * (settle-restore.ts). It starts nothing and migrates nothing: the next start does.
 */
import { refusePostgres } from './refuse-postgres.ts'
import { existsSync, mkdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { chmod, chown, copyFile, readdir, rm, statfs } from 'node:fs/promises'
import path from 'node:path'
import type { RestoreRecord, SwapPlan } from '#lib/contracts/backups.ts'
import { IN_USE_LOCK, lockAlone } from '#lib/data/database/file-lock.ts'
import { unknownMigrations } from '#lib/data/database/migrate.ts'
import { DarkroomError } from '#lib/domain/errors.ts'
import { megabytes } from '#lib/domain/text/size-text.ts'
import { copyHashed, fileTrouble, inParallel } from './copy-files.ts'
import {
  damagedBackup,
  DATABASE,
  nameFor,
  privateFolder,
  syncFolder,
  writeDurably,
  writeInPlace,
  type StoredBackup,
} from './layout.ts'
import { RECORD, settleRestore, STAGED, SWAP } from './settle-restore.ts'
import { verifyBackup, type VerifyProgress } from './verify.ts'

/** Specific to this machine and not part of a backup. */
const STAYS = new Set(['logs', 'downloads', STAGED, SWAP])
const isStaying = (name: string): boolean =>
  STAYS.has(name) || /\.lock(-journal)?$/.test(name) || name.startsWith('.before-restore-')
/** Created by every start, so they do not show that there was data. */
const EMPTY = new Set(['scratch', 'cache', RECORD])
const SPARE_BYTES = 16 * 1024 ** 2
const WHAT = 'Nothing was restored'

export type RestorePlan = {
  readonly from: string
  readonly dataDir: string
  readonly databaseFile: string
  readonly databaseUrl?: string | undefined
  readonly now: () => Date
  readonly isDryRun: boolean
  readonly onVerifying?: VerifyProgress
  readonly onCopying?: (doneBytes: number, totalBytes: number) => void
}

export type RestoreResult = {
  readonly backup: StoredBackup
  /** Where the previous data is now; null where there was none. */
  readonly aside: string | null
}

export async function restoreBackup(plan: RestorePlan): Promise<RestoreResult> {
  const { from, dataDir } = plan
  refusePostgres(plan.databaseUrl, WHAT)
  const { backup, sums, damages } = await verifyBackup(from, plan.onVerifying)
  if (damages.length > 0) throw damagedBackup(from, damages.join(' ').replace(/\.$/, ''))
  const newer = unknownMigrations(backup.migrations)
  if (newer.length > 0)
    throw new DarkroomError('conflict', {
      what: WHAT,
      why: `the backup was made by a newer version of Darkroom (${backup.product_version}, with ${newer.join(', ')})`,
      remedy: 'Update Darkroom, then restore.',
    })
  const lock = lockAlone(path.join(dataDir, IN_USE_LOCK))
  if (!lock)
    throw new DarkroomError('conflict', {
      what: WHAT,
      why: `Darkroom, or one of its commands, is using ${dataDir}`,
      remedy: 'Stop it, then restore.',
    })
  try {
    settleRestore(dataDir)
    return await restored(
      plan,
      backup,
      [...sums.keys()].filter((file) => file.startsWith('data/')),
      sums,
    )
  } catch (error) {
    throw fileTrouble(error, { what: WHAT, place: dataDir })
  } finally {
    lock.release()
  }
}

async function restored(
  plan: RestorePlan,
  backup: StoredBackup,
  files: readonly string[],
  sums: ReadonlyMap<string, string>,
): Promise<RestoreResult> {
  const { from, dataDir, databaseFile, now } = plan
  const stamp = nameFor(now())
  const before = (await readdir(dataDir)).filter((name) => !isStaying(name))
  const isReplacing = before.some((name) => !EMPTY.has(name)) || existsSync(databaseFile)
  const staged = path.join(dataDir, STAGED)
  await rm(staged, { recursive: true, force: true })
  await requireDiskSpace(dataDir, backup.size_bytes)
  const aside = isReplacing ? asideFor(dataDir, stamp) : null
  if (plan.isDryRun) return { backup, aside }

  try {
    await privateFolder(staged)
    let done = 0
    await inParallel(files, async (file) => {
      const copied = await copyHashed(path.join(from, file), path.join(staged, file.slice('data/'.length)))
      if (copied?.sha256 !== sums.get(file)) throw damagedBackup(from, `${file} changed while it was copied`)
      plan.onCopying?.((done += copied!.bytes), backup.size_bytes)
    })
    const record: RestoreRecord = { backup: backup.name, from, at: now().toISOString(), aside }
    await writeDurably(path.join(staged, RECORD), JSON.stringify(record))
    const swap = await swapOf(plan, { before, staged, aside, stamp })
    for (const folder of await ownedLike(dataDir, staged)) await syncFolder(folder)
    await writeInPlace(path.join(dataDir, SWAP), JSON.stringify(swap))
    await syncFolder(dataDir)
  } catch (error) {
    await rm(staged, { recursive: true, force: true })
    throw error
  }
  settleRestore(dataDir)
  await chmod(dataDir, 0o700).catch(() => {})
  return { backup, aside }
}

type RestorePaths = {
  readonly before: readonly string[]
  readonly staged: string
  readonly aside: string | null
  readonly stamp: string
}

/**
 * Moves the existing data aside, then the restored files into its place. A database outside DATA_DIR
 * (DATABASE_URL) is swapped at its own path.
 */
async function swapOf(
  { dataDir, databaseFile }: RestorePlan,
  { before, staged, aside, stamp }: RestorePaths,
): Promise<SwapPlan> {
  const database = path.join(staged, path.basename(DATABASE))
  const isInside = !path.relative(dataDir, databaseFile).startsWith('..')
  const away = isInside
    ? []
    : ['', '-wal', '-shm']
        .filter((end) => existsSync(databaseFile + end))
        .map((end) => ({ from: databaseFile + end, to: `${databaseFile}.before-restore-${stamp}${end}` }))
  let placed = { from: database, to: databaseFile }
  if (!isInside) {
    placed = { from: `${databaseFile}.restoring`, to: databaseFile }
    await privateFolder(path.dirname(databaseFile))
    await copyFile(database, placed.from)
    await rm(database)
  }
  const others = (await readdir(staged)).filter((name) => name !== path.basename(DATABASE))
  return {
    moves: [
      ...(aside === null
        ? []
        : before.map((name) => ({ from: path.join(dataDir, name), to: path.join(aside, name) }))),
      ...away,
      ...others.map((name) => ({ from: path.join(staged, name), to: path.join(dataDir, name) })),
      placed,
    ],
  }
}

/** Next to DATA_DIR where a rename can reach, else inside it: DATA_DIR may be a mount point. */
function asideFor(dataDir: string, stamp: string): string {
  const aside = `${dataDir}.before-restore-${stamp}`
  const probe = path.join(dataDir, `.before-restore-${stamp}.part`)
  try {
    writeFileSync(probe, '')
    mkdirSync(aside, { mode: 0o700 })
    renameSync(probe, path.join(aside, 'probe'))
    return aside
  } catch {
    return path.join(dataDir, `.before-restore-${stamp}`)
  } finally {
    rmSync(aside, { recursive: true, force: true })
    rmSync(probe, { force: true })
  }
}

/** A restore as root for a service leaves files that the service may read. Returns all folders. */
async function ownedLike(dataDir: string, staged: string): Promise<readonly string[]> {
  const { uid, gid } = statSync(dataDir)
  const isForAnother = process.getuid?.() === 0 && uid !== 0
  const entries = await readdir(staged, { recursive: true, withFileTypes: true })
  if (isForAnother)
    for (const entry of entries) await chown(path.join(entry.parentPath, entry.name), uid, gid)
  return [
    staged,
    ...entries.filter((entry) => entry.isDirectory()).map((entry) => path.join(entry.parentPath, entry.name)),
  ]
}

async function requireDiskSpace(dataDir: string, bytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(dataDir)
  const needed = bytes + SPARE_BYTES
  if (bavail * bsize >= needed) return
  throw new DarkroomError('disk_full', {
    what: WHAT,
    why: `it needs ${megabytes(needed)}, and ${dataDir} has ${megabytes(bavail * bsize)} free`,
    remedy: 'Free up space there. The current data stays in place until the restore is complete.',
  })
}
