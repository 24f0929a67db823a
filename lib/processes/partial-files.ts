/** Half-made files of processes that are gone: packs, features, bundles, uploads, downloads. Removed at the
 *  start and while the product runs; what a living process is making stays. What is whole is never touched:
 *  that is found by its name without `.making-` or `.part`. */
import { existsSync, readFileSync } from 'node:fs'
import { readdir, rm, stat } from 'node:fs/promises'
import path from 'node:path'

/** What names no maker, or may have one in another container, counts as left after this long without a write. */
const ABANDONED_MS = 24 * 60 * 60_000
/** The clock of /proc ticks 100 times a second on every Linux that Node runs on, and the boot time is in
 *  whole seconds. */
const TICKS_PER_SECOND = 100
const CLOCK_MARGIN_MS = 5_000

type Place = {
  /** Below DATA_DIR; `*` is every folder there. */
  readonly in: string
  /** Its first group, if any, is the process id of the maker. */
  readonly name: RegExp
}

const PLACES: readonly Place[] = [
  { in: 'cache/packs', name: /^\.making-(\d+)$/ },
  { in: 'cache/embeddings', name: /^\.making-(\d+)$/ },
  { in: 'models/*', name: /^\.making-v\d+(?:-(\d+))?$/ },
  { in: 'trained/*', name: /^\.making-v\d+(?:-(\d+))?$/ },
  { in: 'scratch', name: /^(?:batch|upload)-(\d+)-\w+$/ },
  { in: 'runs', name: /^probe-/ },
  { in: 'runs/*', name: /(?:\.making|^probe-\w+)$/ },
  { in: 'downloads', name: /\.(\d+)-[\w-]+\.part$/ },
]
/** Hundreds of thousands of files may lie here: looked through once at each start, not again and again. */
const LARGE_PLACES: readonly Place[] = [
  { in: 'pictures/*', name: /\.(\d+)-[\w-]+\.part$/ },
  { in: 'thumbnails/*', name: /\.(\d+)-[\w-]+\.part$/ },
]

export type SweepOptions = {
  readonly dataDir: string
  /** Every process of this folder can be seen from here: the id of a maker that is not among them is that of
   *  a dead one. */
  readonly isAlone: boolean
  readonly now: number
  readonly withLargePlaces?: boolean
}

/** Answers what was removed, relative to DATA_DIR. */
export async function sweepLeftovers({
  dataDir,
  isAlone,
  now,
  withLargePlaces = false,
}: SweepOptions): Promise<readonly string[]> {
  const removed: string[] = []
  for (const place of withLargePlaces ? [...PLACES, ...LARGE_PLACES] : PLACES) {
    for (const folder of await foldersOf(dataDir, place.in)) {
      for (const name of await namesIn(folder)) {
        const found = place.name.exec(name)
        if (!found) continue
        const entry = path.join(folder, name)
        const writtenAt = await lastWrite(entry)
        if (writtenAt === null || !isLeft({ maker: found[1], writtenAt, isAlone, now })) continue
        await rm(entry, { recursive: true, force: true })
        removed.push(path.relative(dataDir, entry))
      }
    }
  }
  return removed
}

function isLeft({
  maker,
  writtenAt,
  isAlone,
  now,
}: {
  maker: string | undefined
  writtenAt: number
  isAlone: boolean
  now: number
}): boolean {
  if (maker !== undefined && lives(Number(maker), writtenAt)) return false
  return (maker !== undefined && isAlone) || now - writtenAt > ABANDONED_MS
}

/** Whether the process of this id runs and may have written something at that time. Ids come again, in
 *  containers at each start: a process that began later is another one, and so is this one, which makes
 *  nothing of the kind. */
export function lives(pid: number, writtenAt: number): boolean {
  if (pid === process.pid || !isRunning(pid)) return false
  const startedAt = startOf(pid)
  return startedAt === null || startedAt <= writtenAt + CLOCK_MARGIN_MS
}

export function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

/** Milliseconds since 1970; null where the system does not say. Field 22 of /proc/<pid>/stat, see
 *  proc_pid_stat(5). */
function startOf(pid: number): number | null {
  if (!existsSync('/proc/stat')) return null
  try {
    const bootSeconds = Number(/^btime (\d+)$/m.exec(readFileSync('/proc/stat', 'utf8'))?.[1])
    const fields = readFileSync(`/proc/${pid}/stat`, 'latin1')
    const ticks = Number(fields.slice(fields.lastIndexOf(')') + 2).split(' ')[19])
    const startedAt = (bootSeconds + ticks / TICKS_PER_SECOND) * 1000
    return Number.isFinite(startedAt) ? startedAt : null
  } catch {
    return null
  }
}

/** Of the entry and what lies directly in it; null when it has gone meanwhile. */
async function lastWrite(entry: string): Promise<number | null> {
  const timeOf = (file: string): Promise<number> =>
    stat(file).then(
      ({ mtimeMs }) => mtimeMs,
      () => -1,
    )
  const times = await Promise.all(
    [entry, ...(await namesIn(entry)).map((name) => path.join(entry, name))].map(timeOf),
  )
  return times[0] === -1 ? null : Math.max(...times)
}

async function foldersOf(dataDir: string, below: string): Promise<readonly string[]> {
  if (!below.endsWith('/*')) return [path.join(dataDir, below)]
  const top = path.join(dataDir, below.slice(0, -2))
  return (await namesIn(top)).map((name) => path.join(top, name))
}

/** Empty where there is no such folder. */
const namesIn = (folder: string): Promise<readonly string[]> => readdir(folder).catch(() => [])
