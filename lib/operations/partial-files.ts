/**
 * Partial files of processes that have ended: packs, features, bundles, uploads, downloads. Removed at the
 * start and while the product runs; files that a live process is writing stay. Complete files are never
 * touched: their names have no `.making-` or `.part`.
 */
import { existsSync, readFileSync } from 'node:fs'
import { readdir, rm, stat } from 'node:fs/promises'
import path from 'node:path'

/**
 * A file without a maker's id, or with a maker in another container, counts as abandoned after this time
 * without a write.
 */
const ABANDONED_MS = 24 * 60 * 60_000
/**
 * The clock of /proc ticks 100 times a second on every Linux that Node supports, and the boot time is in
 * whole seconds.
 */
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
  { in: 'bodies', name: /^\.upload-(\d+)-\w+$/ },
  { in: 'bodies', name: /^\.making-.+-(\d+)$/ },
  { in: 'scratch', name: /^(?:batch|upload)-(\d+)-\w+$/ },
  { in: 'prediction-jobs', name: /^\.making-(\d+)-\w+$/ },
  { in: 'imports', name: /^\.making-(\d+)-\w+$/ },
  { in: 'runs', name: /^(?:probe|features|refit)-/ },
  { in: 'runs/*', name: /(?:\.making|^probe-\w+)$/ },
  { in: 'downloads', name: /\.(\d+)-[\w-]+\.part$/ },
]
/** Places with up to hundreds of thousands of files: searched once at each start, not repeatedly. */
const LARGE_PLACES: readonly Place[] = [
  { in: 'pictures/*', name: /\.(\d+)-[\w-]+\.part$/ },
  { in: 'thumbnails/*', name: /\.(\d+)-[\w-]+\.part$/ },
]

export type SweepOptions = {
  readonly dataDir: string
  /**
   * Whether every process that uses this folder is visible from here: then an unknown maker id belongs to a
   * dead process.
   */
  readonly isAlone: boolean
  readonly now: number
  readonly withLargePlaces?: boolean
}

/** Returns what was removed, relative to DATA_DIR. */
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
        const match = place.name.exec(name)
        if (!match) continue
        const entry = path.join(folder, name)
        const writtenAt = await lastWrite(entry)
        if (writtenAt === null || !isLeft({ maker: match[1], writtenAt, isAlone, now })) continue
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

/**
 * Whether the process with this id runs and may have written something at that time. Ids repeat, in
 * containers at each start: a process that started later is a different one. Of this process the start is
 * known exactly: the worker installs pretrained networks and also removes what its predecessor left.
 */
export function lives(pid: number, writtenAt: number): boolean {
  if (pid === process.pid) return writtenAt >= performance.timeOrigin
  if (!isRunning(pid)) return false
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

/**
 * Milliseconds since 1970; null where the system does not tell. Field 22 of /proc/<pid>/stat, see
 * proc_pid_stat(5).
 */
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

/** The latest write to the entry and its direct children; null if it was removed meanwhile. */
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
