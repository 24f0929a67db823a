/** The log of one process of a start. An owner who names a LOG_LEVEL collects lines; who names none sits at
 *  the terminal and reads. */
import { openLog, type Log } from '#lib/operations/log.ts'
import type { Start } from './settings.ts'

export const openLogOf = ({ settings, given, places }: Start, name: string): Log =>
  openLog({
    level: settings.LOG_LEVEL,
    dataDir: places.dataDir,
    name,
    terminal: given.includes('LOG_LEVEL') ? 'lines' : 'sentences',
  })
