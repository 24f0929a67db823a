/** The log: one JSON line per event in DATA_DIR/logs, where full files and those of past days are put aside
 *  and the oldest leave. The terminal has the same lines, or sentences of what goes wrong. It keeps nothing
 *  in memory and counts nothing; read-log.ts reads it. */
import { closeSync, existsSync, mkdirSync, openSync, readSync, renameSync, rmSync, statSync } from 'node:fs'
import path from 'node:path'
import pino from 'pino'
import { fieldsOf } from '#lib/domain/fields.ts'

/** A file that has grown beyond this is put aside. */
const LARGEST_FILE_BYTES = 20 * 1024 ** 2
/** Files put aside: with the one that is written to, at most 160 MB. */
const KEPT_FILES = 7
/** So often a process looks whether its file was put aside; what it writes until then goes into that one. */
/** Of the size of the log: a busy one grows by some megabytes a minute. */
const SIZE_LOOK_EVERY_MS = 60_000
const LOOK_EVERY_MS = 2_000
/** Of lines that a full disk does not take: what comes then is dropped. */
const MOST_WAITING_BYTES = 1024 ** 2
/** Longer than the part of a line that holds its time. */
const HEAD_BYTES = 200

export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'silent'
export type Log = (
  level: 'debug' | 'info' | 'warn' | 'error',
  message: string,
  about?: Readonly<Record<string, unknown>>,
) => void

/** What the terminal shows: every line of the level, for who collects them, or a sentence for each warning
 *  and error, for a person. */
export type Terminal = 'lines' | 'sentences'

type LogParts = {
  readonly level: LogLevel
  readonly dataDir: string
  readonly name: string
  readonly terminal: Terminal
}

/** `name` says which process speaks. A disk that is full silences the file, not the program. */
export function openLog({ level, dataDir, name, terminal }: LogParts): Log {
  const shown = writerTo(1)
  const shows =
    terminal === 'lines'
      ? { level: 'trace', stream: shown }
      : { level: 'warn', stream: { write: (line: string) => shown.write(sentenceOf(line)) } }
  const logger = pino(
    { level, base: { process: name, pid: process.pid }, timestamp: pino.stdTimeFunctions.isoTime },
    pino.multistream([shows, { level: 'trace', stream: followedFile(fileIn(dataDir)) }]),
  )
  return (at, message, about = {}) => {
    const { error, ...rest } = about
    logger[at](error === undefined ? rest : { ...rest, err: error }, message)
  }
}

/** For one process of a start: puts a full log aside at once, and again whenever it is full. */
export function keepLogsSmall(dataDir: string): void {
  putFullLogAside(dataDir, new Date())
  setInterval(() => putFullLogAside(dataDir, new Date()), SIZE_LOOK_EVERY_MS).unref()
}

/** To be called by one process of a start: at once, before others open the file, and then now and again.
 *  Answers whether a file was put aside. */
export function putFullLogAside(dataDir: string, now: Date): boolean {
  const file = fileIn(dataDir)
  if (!existsSync(file)) return false
  const day = firstDayOf(file)
  const isOfToday = day === null || day === now.toISOString().slice(0, 10)
  if (isOfToday && statSync(file).size <= LARGEST_FILE_BYTES) return false
  const aside = (age: number) => path.join(path.dirname(file), `darkroom.${age}.log`)
  rmSync(aside(KEPT_FILES), { force: true })
  for (let age = KEPT_FILES - 1; age >= 1; age -= 1)
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

/** Goes to the new file of that name when the old one was put aside. The file is opened at once: a process
 *  that ends before a file is open would fail at writing its last lines. */
function followedFile(file: string): { readonly write: (line: string) => void } {
  mkdirSync(path.dirname(file), { recursive: true })
  let writer = openAppending(file)
  let inode = inodeOf(file)
  setInterval(() => {
    if (writer && inodeOf(file) === inode) return
    writer?.end()
    writer = openAppending(file)
    inode = inodeOf(file)
  }, LOOK_EVERY_MS).unref()
  return {
    write: (line) => {
      writer?.write(line)
    },
  }
}

/** null where it cannot be opened now, as on a disk that is full. */
function openAppending(file: string): ReturnType<typeof writerTo> | null {
  try {
    return writerTo(openSync(file, 'a'))
  } catch {
    return null
  }
}

/** A line of ours, for a person. */
function sentenceOf(line: string): string {
  const { level, process: name, child, msg, err } = fieldsOf(JSON.parse(line)) // written by pino above
  const severity = Number(level) >= pino.levels.values['error']! ? 'Error' : 'Warning'
  const { message } = fieldsOf(err)
  return `${severity} (${String(child ?? name)}): ${String(msg)}${message ? `: ${String(message)}` : ''}\n`
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
