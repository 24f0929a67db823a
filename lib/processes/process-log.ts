/**
 * The log of one process of a start. With LOG_LEVEL set it writes JSON lines for a collector; without it,
 * lines for a person at the terminal.
 */
import { openLog, type Log } from '#lib/operations/log.ts'
import type { Start } from './settings.ts'

export const openLogOf = ({ settings, explicit, places }: Start, name: string): Log =>
  openLog({
    level: settings.LOG_LEVEL,
    dataDir: places.dataDir,
    name,
    terminal: explicit.includes('LOG_LEVEL') ? 'lines' : 'sentences',
  })
