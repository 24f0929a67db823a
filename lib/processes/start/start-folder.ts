/**
 * The private folder of a start: sockets between its processes, and their records of work. It lies outside DATA_DIR,
 * because the path of a socket is at most 107 bytes long. Folders of supervisors that were killed are removed here.
 */
import { existsSync, lstatSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { lockAlone, lockShared, type FileLock } from '#lib/data/database/file-lock.ts'

const PREFIX = 'darkroom-start-'
/** mkdtemp(3) replaces six characters. */
const NAME = new RegExp(`^${PREFIX}\\w{6}$`)
/** The system releases it when its holder dies, however it dies, and across containers that share the folder. */
const LOCK = 'supervisor.lock'
/** A start that was killed before it had the lock. */
const ABANDONED_MS = 60 * 60_000

export type StartFolder = { readonly path: string; readonly remove: () => void }

/** Throws where the folder for temporary files cannot be written to. */
export function createStartFolder(parent = tmpdir()): StartFolder {
  removeAbandoned(parent)
  for (;;) {
    const folder = mkdtempSync(path.join(parent, PREFIX))
    const lock = lockShared(path.join(folder, LOCK))
    // another start may have taken the lock first, and removed the folder
    if (lock && existsSync(path.join(folder, LOCK)))
      return { path: folder, remove: () => remove(folder, lock) }
    lock?.release()
  }
}

function removeAbandoned(parent: string): void {
  for (const name of namesIn(parent)) {
    if (!NAME.test(name)) continue
    const folder = path.join(parent, name)
    try {
      if (!isOwn(folder)) continue
      const lock = lstatSync(path.join(folder, LOCK), { throwIfNoEntry: false })
      if (lock?.isFile()) removeUnlocked(folder)
      else if (!lock && Date.now() - lstatSync(folder).mtimeMs > ABANDONED_MS) remove(folder)
    } catch {
      continue // it only takes space; or another start has removed it
    }
  }
}

/** A folder of this user, which no other user can have written to; not a link to one. */
function isOwn(folder: string): boolean {
  const entry = lstatSync(folder)
  const isPrivate =
    process.getuid === undefined || (entry.uid === process.getuid() && (entry.mode & 0o077) === 0)
  return entry.isDirectory() && isPrivate
}

function removeUnlocked(folder: string): void {
  const lock = lockAlone(path.join(folder, LOCK))
  if (lock) remove(folder, lock)
}

/** Windows removes no file that is open. */
function remove(folder: string, lock?: FileLock): void {
  if (process.platform === 'win32') lock?.release()
  rmSync(folder, { recursive: true, force: true })
  lock?.release()
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}
