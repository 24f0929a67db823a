/** Recognises an error that means that the disk is full, whichever layer it came through. It frees no space and
 *  checks no disk. */

/** The primary result code of SQLite: https://www.sqlite.org/rescode.html#full */
const SQLITE_FULL = 13
const FULL_CODES: readonly unknown[] = ['ENOSPC', 'EDQUOT', 'SQLITE_FULL', 'disk_full']
/** Prisma, the store and a handler may each wrap the system error once. */
const DEEPEST_CAUSE = 5

export function isDiskFull(error: unknown): boolean {
  for (let at = error, depth = 0; at instanceof Error && depth < DEEPEST_CAUSE; at = at.cause, depth++) {
    if ('code' in at && FULL_CODES.includes(at.code)) return true
    if ('errcode' in at && at.errcode === SQLITE_FULL) return true
    if (at.message.includes('database or disk is full')) return true
  }
  return false
}
