/** The settings of this start and the places that follow from them: the only reading of the environment. A mistake is a sentence and the end. */
import { mkdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { parseSettings, type Settings } from '#lib/contracts/settings.ts'

export const ROOT = path.resolve(import.meta.dirname, '../..')

/** Of the product, as package.json says it. */
export const VERSION = (JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as { version: string }).version // our own file

export type Places = {
  readonly dataDir: string
  readonly databaseFile: string
  /** Of all backups of this DATA_DIR; outside it, and made when the first backup is. */
  readonly backupDir: string
  /** Shipped bundles, never written to. */
  readonly modelsDir: string
  /** Half-received things; emptied at each start. */
  readonly scratchDir: string
}

/** `given`: the settings that the environment says something about. */
export type Start = { readonly settings: Settings; readonly given: readonly string[]; readonly places: Places; readonly isDevelopment: boolean }

export function readStart(): Start {
  const read = parseSettings(process.env)
  if (!read.ok) return end(['Darkroom cannot start with these settings:', ...read.mistakes.map((mistake) => `  ${mistake}`), 'They come from the environment and from .env; README.md lists them.'])
  const dataDir = path.resolve(ROOT, read.settings.DATA_DIR)
  const databaseFile = read.settings.DATABASE_URL ? path.resolve(ROOT, read.settings.DATABASE_URL.slice('file:'.length)) : path.join(dataDir, 'darkroom.db')
  const backupDir = read.settings.BACKUP_DIR ? path.resolve(ROOT, read.settings.BACKUP_DIR) : `${dataDir}-backups`
  const places = { dataDir, databaseFile, backupDir, modelsDir: path.join(ROOT, 'models'), scratchDir: path.join(dataDir, 'scratch') }
  try {
    mkdirSync(places.scratchDir, { recursive: true })
  } catch (error) {
    return end([`Darkroom cannot write to ${dataDir}: ${error instanceof Error ? error.message : String(error)}.`, 'Give it the right to, or set DATA_DIR to another folder.'])
  }
  return { settings: read.settings, given: Object.keys(read.settings).filter((name) => process.env[name]), places, isDevelopment: process.env.NODE_ENV === 'development' }
}

function end(lines: readonly string[]): never {
  process.stderr.write(`${lines.join('\n')}\n`)
  process.exit(1)
}
