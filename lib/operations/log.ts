/**
 * The log: one JSON line per event in DATA_DIR/logs, where full files and those of past days are rotated
 * and the oldest are removed. The terminal gets the same lines, or sentences about problems. It stores
 * nothing in memory and counts nothing; read-log.ts reads it.
 */
import { closeSync, existsSync, mkdirSync, openSync, readSync, renameSync, rmSync, statSync } from 'node:fs'
import path from 'node:path'
import pino from 'pino'
import { fieldsOf } from '#lib/domain/fields.ts'

/** A larger file is rotated. */
const LARGEST_FILE_BYTES = 20 * 1024 ** 2
/** Rotated files: together with the current one, at most 160 MB. */
const ROTATED_FILES = 7
/** How often a process checks whether its file was rotated; until then it writes to the rotated file. */
/** Of the size of the log: a busy one grows by some megabytes a minute. */
const SIZE_CHECK_EVERY_MS = 60_000
const FILE_CHECK_EVERY_MS = 2_000
/** Lines that wait for a full disk: further lines are dropped. */
const MOST_WAITING_BYTES = 1024 ** 2
/** Longer than the start of a line that contains its time. */
const HEAD_BYTES = 200

export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'silent'
export type Log = (
  level: 'debug' | 'info' | 'warn' | 'error',
  message: string,
  about?: Readonly<Record<string, unknown>>,
) => void

/**
 * What the terminal shows: every line of the level, for log collectors, or a sentence for each warning and
 * error, for a person.
 */
export type Terminal = 'lines' | 'sentences'

type LogParts = {
  readonly level: LogLevel
  readonly dataDir: string
  readonly name: string
  readonly terminal: Terminal
}

/** `name` is the name of the process. A full disk stops the log file, not the program. */
export function openLog({ level, dataDir, name, terminal }: LogParts): Log {
  const shown = writerTo(1)
  const shows =
    terminal === 'lines'
      ? { level: 'trace', stream: shown }
      : { level: 'warn', stream: { write: (line: string) => shown.write(lineForTerminal(line)) } }
  const logger = pino(
    { level, base: { process: name, pid: process.pid }, timestamp: pino.stdTimeFunctions.isoTime },
    pino.multistream([shows, { level: 'trace', stream: followedFile(fileIn(dataDir)) }]),
  )
  return (at, message, about = {}) => {
    if (!logger.isLevelEnabled(at)) return
    const { error, ...rest } = about
    logger[at](error === undefined ? rest : { ...rest, err: error }, message)
  }
}

/** For one process of a start: puts a full log aside at once, and again whenever it is full. */
export function rotateLogs(dataDir: string): void {
  rotateFullLog(dataDir, new Date())
  setInterval(() => rotateFullLog(dataDir, new Date()), SIZE_CHECK_EVERY_MS).unref()
}

/**
 * One process of a start calls this: at once, before others open the file, and then periodically. Returns
 * whether a file was rotated.
 */
export function rotateFullLog(dataDir: string, now: Date): boolean {
  const file = fileIn(dataDir)
  if (!existsSync(file)) return false
  const day = firstDayOf(file)
  const isOfToday = day === null || day === now.toISOString().slice(0, 10)
  if (isOfToday && statSync(file).size <= LARGEST_FILE_BYTES) return false
  const aside = (age: number) => path.join(path.dirname(file), `darkroom.${age}.log`)
  rmSync(aside(ROTATED_FILES), { force: true })
  for (let age = ROTATED_FILES - 1; age >= 1; age -= 1)
    if (existsSync(aside(age))) renameSync(aside(age), aside(age + 1))
  renameSync(file, aside(1))
  return true
}

const fileIn = (dataDir: string): string => path.join(dataDir, 'logs', 'darkroom.log')

function writerTo(handle: number) {
  const writer = pino.destination({ dest: handle, sync: false, maxLength: MOST_WAITING_BYTES })
  writer.on('error', () => {})
  return writer
}

/**
 * Switches to the new file of that name when the old one was rotated. The file is opened at once: a process
 * that ends before a file is open would fail to write its last lines.
 */
function followedFile(file: string): { readonly write: (line: string) => void } {
  mkdirSync(path.dirname(file), { recursive: true })
  let writer = openAppending(file)
  let inode = inodeOf(file)
  setInterval(() => {
    if (writer && inodeOf(file) === inode) return
    writer?.end()
    writer = openAppending(file)
    inode = inodeOf(file)
  }, FILE_CHECK_EVERY_MS).unref()
  return {
    write: (line) => {
      writer?.write(line)
    },
  }
}

/** null where it cannot be opened now, as on a full disk. */
function openAppending(file: string): ReturnType<typeof writerTo> | null {
  try {
    return writerTo(openSync(file, 'a'))
  } catch {
    return null
  }
}

/** A line of the log as a sentence for a person. */
function lineForTerminal(line: string): string {
  const { level, process: name, child, msg, err } = fieldsOf(JSON.parse(line)) // written by pino above
  const severity = Number(level) >= pino.levels.values['error']! ? 'Error' : 'Warning'
  const { message } = fieldsOf(err)
  return `${severity} (${String(child ?? name)}): ${String(msg)}${message ? `: ${String(message)}` : ''}\n`
}

/** null where the file does not exist: opening it again creates one. */
function inodeOf(file: string): number | null {
  try {
    return statSync(file).ino
  } catch {
    return null
  }
}

/**
 * The day of a file's first line; the file of today has lines of today only. Null where it has no line yet.
 */
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
