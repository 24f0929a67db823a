/**
 * Secrets that are created once and stored in DATA_DIR, readable only by the owner: the one that signs
 * sessions, unless the owner sets one. Never logged.
 */
import { randomBytes } from 'node:crypto'
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'

const FILE = 'session-secret'

export const sessionSecret = ({
  given,
  dataDir,
}: {
  readonly given: string | undefined
  readonly dataDir: string
}): string => given ?? persistentSecret(path.join(dataDir, FILE), 32)

/**
 * A random text that is created once. Several processes may call this at once on the first start: one
 * creates it, all read the same.
 */
export function persistentSecret(file: string, bytes: number): string {
  const stored = readIfThere(file)
  if (stored) return stored
  mkdirSync(path.dirname(file), { recursive: true })
  const draft = `${file}.${randomBytes(6).toString('hex')}`
  writeFileSync(draft, randomBytes(bytes).toString('base64url'), { mode: 0o600 })
  try {
    linkSync(draft, file) // complete or not at all, and never over another's
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error
  } finally {
    rmSync(draft, { force: true })
  }
  return readFileSync(file, 'utf8')
}

function readIfThere(file: string): string | null {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return null
    throw error
  }
}

const hasCode = (error: unknown, code: string): boolean =>
  error instanceof Error && 'code' in error && error.code === code
