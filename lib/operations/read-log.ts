/**
 * Reads the newest lines of the log from its end, across rotated files, without loading a whole file into
 * memory. log.ts writes them.
 */
import { open, readdir } from 'node:fs/promises'
import path from 'node:path'
import type { Input, Output } from '#lib/contracts/contract.ts'
import { LOG_LEVELS, type listLogs } from '#lib/contracts/logs.ts'
import { fieldsOf } from '#lib/domain/fields.ts'

type LogsAnswer = Output<typeof listLogs>
type Line = LogsAnswer['lines'][number]

const CHUNK_BYTES = 64 * 1024
/** A query reads at most this much; a filter without matches must end. */
const MOST_BYTES = 32 * 1024 ** 2
/** pino's numbers, https://getpino.io/#/docs/api?id=loggerlevels-object */
const LEVEL_OF: Readonly<Record<number, Line['level']>> = {
  10: 'debug',
  20: 'debug',
  30: 'info',
  40: 'warn',
  50: 'error',
  60: 'error',
}

export const createLogs =
  ({ dataDir }: { readonly dataDir: string }) =>
  async ({ limit, level, request_id: requestId, text }: Input<typeof listLogs>): Promise<LogsAnswer> => {
    const worst = LOG_LEVELS.indexOf(level)
    const searchText = text?.toLowerCase()
    const lines: Line[] = []
    let read = 0
    for (const file of await logFiles(path.join(dataDir, 'logs'))) {
      for await (const raw of linesBackwards(file)) {
        read += raw.length
        if (requestId !== undefined && !raw.includes(requestId)) continue
        if (searchText !== undefined && !raw.toLowerCase().includes(searchText)) continue
        const line = lineOf(raw)
        if (
          line === null ||
          LOG_LEVELS.indexOf(line.level) < worst ||
          (requestId !== undefined && line.request_id !== requestId)
        )
          continue
        lines.push(line)
        if (lines.length >= limit || read > MOST_BYTES) return { lines, is_complete: false }
      }
    }
    return { lines, is_complete: true }
  }

/** The newest first: the current file, then the rotated ones, `darkroom.1.log` before `darkroom.2.log`. */
async function logFiles(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder).catch(() => [])
  const ageOf = (name: string): number => Number(/^darkroom(?:\.(\d+))?\.log$/.exec(name)?.[1] ?? 0)
  return names
    .filter((name) => /^darkroom(\.\d+)?\.log$/.test(name))
    .toSorted((a, b) => ageOf(a) - ageOf(b))
    .map((name) => path.join(folder, name))
}

async function* linesBackwards(file: string): AsyncGenerator<string> {
  const handle = await open(file).catch(() => null)
  if (handle === null) return // rotated at this moment
  try {
    let end = (await handle.stat()).size
    let rest = Buffer.alloc(0)
    while (end > 0) {
      const length = Math.min(CHUNK_BYTES, end)
      end -= length
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, end)
      const all = Buffer.concat([buffer.subarray(0, bytesRead), rest])
      const first = end === 0 ? 0 : all.indexOf(10) + 1 // the end of a line that began in the chunk before
      if (end > 0 && first === 0) {
        rest = all
        continue
      }
      rest = all.subarray(0, first)
      const lines = all.subarray(first).toString('utf8').split('\n')
      for (let i = lines.length - 1; i >= 0; i -= 1) if (lines[i] !== '') yield lines[i]!
    }
  } finally {
    await handle.close()
  }
}

/** null: not a line of this log, or an incomplete one. */
function lineOf(raw: string): Line | null {
  try {
    const {
      level: levelNumber,
      time,
      pid,
      process: name,
      msg,
      request_id: requestId,
      ...about
    } = fieldsOf(JSON.parse(raw))
    const level = LEVEL_OF[Number(levelNumber)]
    if (level === undefined || typeof time !== 'string') return null
    return {
      at: time,
      level,
      process: String(name ?? ''),
      pid: Number(pid ?? 0),
      message: String(msg ?? ''),
      request_id: typeof requestId === 'string' ? requestId : null,
      about,
    }
  } catch {
    return null
  }
}
