/**
 * The settings of this start and the folders that follow from them: the only place that reads the
 * environment. An invalid setting ends the start with one sentence.
 */
import { accessSync, chmodSync, constants, existsSync, mkdirSync, readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import { packageFile } from '#lib/contracts/model-files.ts'
import { parseSettings, type Settings } from '#lib/contracts/settings.ts'
import type { ObjectStoreSettings } from '#lib/data/objects/object-store.ts'
import { messageOf } from '#lib/domain/errors.ts'

export const ROOT = path.resolve(import.meta.dirname, '../..')

/** The product version from package.json. */
export const VERSION = packageFile.parse(
  JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')),
).version

export type Places = {
  readonly dataDir: string
  readonly databaseFile: string
  /** Of PostgreSQL; then there is no file. It may contain a password: it never leaves the process. */
  readonly databaseUrl?: string
  /** Where hosts share their files; absent: they are in dataDir. */
  readonly objects?: ObjectStoreSettings
  /** All backups of this DATA_DIR; outside it, and created with the first backup. */
  readonly backupDir: string
  /** Shipped bundles, never written to. */
  readonly modelsDir: string
  /** Pretrained networks that the set-up fetched for every DATA_DIR. */
  readonly pretrainedDir: string
  /** Incomplete uploads; emptied at each start. */
  readonly scratchDir: string
}

/** `explicit`: the settings that the environment contains. `warnings`: sentences for the terminal. */
export type Start = {
  readonly settings: Settings
  readonly explicit: readonly string[]
  readonly places: Places
  readonly isDevelopment: boolean
  readonly warnings: readonly string[]
}

/**
 * What a process or command creates belongs to its owner only: images, logs, caches, sockets, the database.
 */
const NOT_FOR_OTHERS = 0o077

export function readStart(): Start {
  const read = parseSettings(process.env)
  if (!read.ok)
    return end([
      'Darkroom cannot start. These settings are not valid:',
      ...read.mistakes.map((mistake) => `  ${mistake}`),
      'Settings come from the environment and from .env; README.md describes them.',
    ])
  const dataDir = path.resolve(ROOT, read.settings.DATA_DIR)
  const { DATABASE_URL: url } = read.settings
  const databaseUrl = databaseUrlIn(read.settings)
  const objects = objectsIn(read.settings)
  if (objects !== undefined && databaseUrl === undefined)
    return end([
      'Darkroom cannot start: BLOB_URL needs PostgreSQL.',
      'Set DATABASE_URL to postgresql://…, or leave BLOB_URL out: SQLite is a file of one machine, as DATA_DIR is.',
    ])
  const databaseFile =
    url === undefined || databaseUrl !== undefined
      ? path.join(dataDir, 'darkroom.db')
      : path.resolve(ROOT, url.slice('file:'.length))
  const backupDir = read.settings.BACKUP_DIR
    ? path.resolve(ROOT, read.settings.BACKUP_DIR)
    : `${dataDir}-backups`
  const places = {
    dataDir,
    databaseFile,
    ...(databaseUrl !== undefined && { databaseUrl }),
    ...(objects !== undefined && { objects }),
    backupDir,
    modelsDir: path.join(ROOT, 'models'),
    pretrainedDir: path.join(ROOT, '.pretrained'),
    scratchDir: path.join(dataDir, 'scratch'),
  }
  process.umask(NOT_FOR_OTHERS) // children inherit it
  const warnings: string[] = []
  try {
    mkdirSync(places.scratchDir, { recursive: true })
    accessSync(dataDir, constants.R_OK | constants.W_OK | constants.X_OK)
    warnings.push(...closedToOthers(places))
  } catch (error) {
    return end([
      `Darkroom cannot use DATA_DIR=${dataDir}: ${inWords(error)}.`,
      'Grant the current user read and write access, or set DATA_DIR to another folder.',
    ])
  }
  return {
    settings: read.settings,
    explicit: Object.keys(read.settings).filter((name) => process.env[name]),
    places,
    isDevelopment: process.env.NODE_ENV === 'development',
    warnings,
  }
}

/** For a child, which has the environment of its parent; undefined: there is a file. */
export function inheritedDatabaseUrl(): string | undefined {
  const read = parseSettings(process.env)
  return read.ok ? databaseUrlIn(read.settings) : undefined
}

/** The same for the object store. */
export function inheritedObjects(): ObjectStoreSettings | undefined {
  const read = parseSettings(process.env)
  return read.ok ? objectsIn(read.settings) : undefined
}

const objectsIn = ({
  BLOB_URL,
  AWS_ENDPOINT_URL,
  BLOB_CACHE_MB,
}: Settings): ObjectStoreSettings | undefined =>
  BLOB_URL === undefined
    ? undefined
    : { url: BLOB_URL, endpoint: AWS_ENDPOINT_URL, cacheBytes: BLOB_CACHE_MB * 2 ** 20 }

const databaseUrlIn = ({ DATABASE_URL: url }: Settings): string | undefined =>
  url?.startsWith('file:') === false ? url : undefined

/** Only the owner of a folder can restrict it; a volume of another owner is used as it is, with a warning. */
function closedToOthers({
  dataDir,
  databaseFile,
}: Pick<Places, 'dataDir' | 'databaseFile'>): readonly string[] {
  close(dataDir, 0o700)
  if (existsSync(databaseFile)) close(databaseFile, 0o600)
  const { mode, uid } = statSync(dataDir)
  if (process.platform === 'win32' || (mode & NOT_FOR_OTHERS) === 0) return []
  return [
    `Warning: other users of this machine can read DATA_DIR=${dataDir} (mode ` +
      `${(mode & 0o777).toString(8)}). It belongs to user ${uid}, and only that user can change this: ` +
      `chmod 700 ${dataDir}`,
  ]
}

function close(file: string, mode: number): void {
  try {
    if ((statSync(file).mode & NOT_FOR_OTHERS) !== 0) chmodSync(file, mode)
  } catch (error) {
    if (codeOf(error) !== 'EPERM') throw error
  }
}

const CANNOT: Readonly<Record<string, string>> = {
  EROFS: 'it is on a read-only disk',
  EACCES: 'the current user cannot write to it',
  EPERM: 'the current user cannot change it',
  ENOSPC: 'its disk is full',
  ENOTDIR: 'a part of its path is a file',
  EEXIST: 'it is a file',
}
const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : ''
const inWords = (error: unknown): string => CANNOT[codeOf(error)] ?? messageOf(error)

function end(lines: readonly string[]): never {
  process.stderr.write(`${lines.join('\n')}\n`)
  process.exit(1)
}
