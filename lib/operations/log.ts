/** The log: one JSON line per event, to the terminal and to DATA_DIR/logs, where full files and those of past days are put aside and the oldest leave.
 *  It keeps nothing in memory and counts nothing; read-log.ts reads it. */
import { closeSync, existsSync, mkdirSync, openSync, readSync, renameSync, rmSync, statSync } from 'node:fs'
import path from 'node:path'
import pino from 'pino'

/** A file that has grown beyond this is put aside. */
const LARGEST_FILE_BYTES = 20 * 1024 ** 2
/** Files put aside: with the one that is written to, at most 160 MB. */
const KEPT_FILES = 7
/** So often a process looks whether its file was put aside; what it writes until then goes into that one. */
const LOOK_EVERY_MS = 2_000
/** Longer than the part of a line that holds its time. */
const HEAD_BYTES = 200

export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'silent'
export type Log = (level: 'debug' | 'info' | 'warn' | 'error', message: string, about?: Readonly<Record<string, unknown>>) => void

/** `name` says which process speaks. A disk that is full silences the file, not the program. */
export function openLog({ level, dataDir, name }: { level: LogLevel; dataDir: string; name: string }): Log {
  const file = fileIn(dataDir)
  mkdirSync(path.dirname(file), { recursive: true })
  const written = pino.destination({ dest: file, append: true, sync: false })
  written.on('error', () => {})
  followFile(file, () => written.reopen())
  const shown = pino.destination({ dest: 1, sync: false })
  shown.on('error', () => {})
  const logger = pino({ level, base: { process: name, pid: process.pid }, timestamp: pino.stdTimeFunctions.isoTime }, pino.multistream([{ level: 'trace', stream: shown }, { level: 'trace', stream: written }]))
  return (at, message, about = {}) => {
    const { error, ...rest } = about
    logger[at](error === undefined ? rest : { ...rest, err: error }, message)
  }
}

/** To be called by one process of a start: at once, before others open the file, and then now and again. Answers whether a file was put aside. */
export function putFullLogAside(dataDir: string, now: Date): boolean {
  const file = fileIn(dataDir)
  if (!existsSync(file)) return false
  const day = firstDayOf(file)
  const isOfToday = day === null || day === now.toISOString().slice(0, 10)
  if (isOfToday && statSync(file).size <= LARGEST_FILE_BYTES) return false
  const aside = (age: number) => path.join(path.dirname(file), `darkroom.${age}.log`)
  rmSync(aside(KEPT_FILES), { force: true })
  for (let age = KEPT_FILES - 1; age >= 1; age -= 1) if (existsSync(aside(age))) renameSync(aside(age), aside(age + 1))
  renameSync(file, aside(1))
  return true
}

const fileIn = (dataDir: string): string => path.join(dataDir, 'logs', 'darkroom.log')

function followFile(file: string, reopen: () => void): void {
  let inode = inodeOf(file)
  setInterval(() => {
    const present = inodeOf(file)
    if (present === inode) return
    reopen()
    inode = inodeOf(file)
  }, LOOK_EVERY_MS).unref()
}

/** null where there is no such file: opening again makes one. */
function inodeOf(file: string): number | null {
  try {
    return statSync(file).ino
  } catch {
    return null
  }
}

/** The day of a file's first line; today's file has none but today's. Null where it has no line yet. */
function firstDayOf(file: string): string | null {
  const handle = openSync(file, 'r')
  try {
    const head = Buffer.alloc(HEAD_BYTES)
    const text = head.toString('utf8', 0, readSync(handle, head, 0, HEAD_BYTES, 0))
    return /"time":"(\d{4}-\d\d-\d\d)T/.exec(text)?.[1] ?? null
  } finally {
    closeSync(handle)
  }
}
