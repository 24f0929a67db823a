/**
 * Secrets that are created once: the one that signs sessions, unless the owner sets one, and the token of the setup
 * link. They are files of DATA_DIR, readable only by the owner; where hosts share a database, they are rows of it, so
 * that all hosts have the same. Never logged.
 */
import { randomBytes } from 'node:crypto'
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import type { Data } from '#lib/data/data.ts'

const FILE = 'session-secret'
const SESSION_BYTES = 32

export type SecretPlace = {
  readonly dataDir: string
  /** The settings in the database that all hosts share; null: this host has its own database. */
  readonly shared: Pick<Data['storedSettings'], 'get' | 'keep' | 'keepFirst'> | null
}

export const sessionSecret = async (given: string | undefined, place: SecretPlace): Promise<string> =>
  given ?? (await persistentSecret(place, FILE, SESSION_BYTES))

/** A random text that is created once, by whichever process is first. */
export const persistentSecret = async (
  { dataDir, shared }: SecretPlace,
  name: string,
  bytes: number,
): Promise<string> =>
  shared === null
    ? secretInFile(path.join(dataDir, name), bytes)
    : ((await shared.get(name)) ?? (await shared.keepFirst(name, randomText(bytes))))

export async function forgetSecret({ dataDir, shared }: SecretPlace, name: string): Promise<void> {
  rmSync(path.join(dataDir, name), { force: true })
  if (shared !== null && (await shared.get(name)) !== null) await shared.keep({ [name]: null })
}

const randomText = (bytes: number): string => randomBytes(bytes).toString('base64url')

/** Several processes may call this at once on the first start: one creates it, all read the same. */
function secretInFile(file: string, bytes: number): string {
  const stored = readIfThere(file)
  if (stored) return stored
  mkdirSync(path.dirname(file), { recursive: true })
  const draft = `${file}.${randomBytes(6).toString('hex')}`
  writeFileSync(draft, randomText(bytes), { mode: 0o600 })
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
