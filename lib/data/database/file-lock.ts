/** Locks between processes that the operating system releases when their holder dies: SQLite's own, on an
 *  empty file that has no other purpose. Not for rows: those have transactions. Such a file must not be opened
 *  in another way, because closing it would release the lock of the whole process. */
import { chownSync, closeSync, existsSync, mkdirSync, openSync, statSync } from 'node:fs'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'

const SQLITE_BUSY = 5

/** Held by every process that uses a DATA_DIR; a process that replaces its content takes it alone. */
export const IN_USE_LOCK = 'in-use.lock'

export type FileLock = { readonly release: () => void }

/** A shared lock; null while another process has it exclusively. */
export const lockShared = (file: string, waitMs = 0): FileLock | null =>
  locked(file, waitMs, ['BEGIN', 'SELECT * FROM sqlite_master'])

/** An exclusive lock; null while any other process has it. */
export const lockAlone = (file: string, waitMs = 0): FileLock | null =>
  locked(file, waitMs, ['BEGIN EXCLUSIVE'])

function locked(file: string, waitMs: number, statements: readonly string[]): FileLock | null {
  mkdirSync(path.dirname(file), { recursive: true })
  if (!existsSync(file)) closeSync(openSync(file, 'a', 0o600)) // only now: until here no process held it
  const database = new DatabaseSync(file, { timeout: waitMs })
  try {
    for (const statement of statements) database.exec(statement)
    ownedLikeItsFolder(file)
    return {
      release: () => {
        if (database.isOpen) database.close()
      },
    }
  } catch (error) {
    database.close()
    if (error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY) return null
    throw error
  }
}

/** A command that root runs for a service must not leave it a file that it cannot open. */
function ownedLikeItsFolder(file: string): void {
  if (process.getuid?.() !== 0) return
  const { uid, gid } = statSync(path.dirname(file))
  if (statSync(file).uid !== uid) chownSync(file, uid, gid)
}
