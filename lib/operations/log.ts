/** The log: one JSON line per event, to the terminal and to DATA_DIR/logs.
 *  It keeps nothing in memory and counts nothing. */
import { existsSync, mkdirSync, renameSync, statSync } from 'node:fs'
import path from 'node:path'
import pino from 'pino'

/** A file that has grown beyond this is put aside at the next start; one such is kept. */
const LARGEST_FILE_BYTES = 20 * 1024 ** 2

export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'silent'
export type Log = (level: 'info' | 'warn' | 'error', message: string, about?: Readonly<Record<string, unknown>>) => void

/** `name` says which process speaks. A disk that is full silences the file, not the program. */
export function openLog({ level, dataDir, name }: { level: LogLevel; dataDir: string; name: string }): Log {
  const folder = path.join(dataDir, 'logs')
  const file = path.join(folder, 'darkroom.log')
  mkdirSync(folder, { recursive: true })
  const written = pino.destination({ dest: file, append: true, sync: false })
  written.on('error', () => {})
  const shown = pino.destination({ dest: 1, sync: false })
  shown.on('error', () => {})
  const logger = pino({ level, base: { process: name, pid: process.pid }, timestamp: pino.stdTimeFunctions.isoTime }, pino.multistream([{ level: 'trace', stream: shown }, { level: 'trace', stream: written }]))
  return (at, message, about = {}) => {
    const { error, ...rest } = about
    logger[at](error === undefined ? rest : { ...rest, err: error }, message)
  }
}

/** Once at a start, by the first process, before others open the file. */
export function putFullLogAside(dataDir: string): void {
  const file = path.join(dataDir, 'logs', 'darkroom.log')
  if (existsSync(file) && statSync(file).size > LARGEST_FILE_BYTES) renameSync(file, path.join(dataDir, 'logs', 'darkroom-before.log'))
}
