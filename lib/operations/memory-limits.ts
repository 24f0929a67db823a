/**
 * How much memory this start uses, and what follows if it is small: smaller heaps, one process that predicts,
 * small batches. It enforces no limit: the container or the machine does.
 */
import { existsSync, readFileSync } from 'node:fs'
import { totalmem } from 'node:os'
import path from 'node:path'
import type { Settings } from '#lib/contracts/settings.ts'

const MIB = 1024 ** 2

/** Up to a gigabyte, memory is the scarce resource. */
const SMALL_MB = 1024
/**
 * Node's own limits let some hundred MB of garbage accumulate on any machine; with `--expose-gc` a process
 * collects when it has grown (garbage-collection.ts). The last flag keeps V8 from compiling the database's
 * WebAssembly a second time under load: that left 30 MB in a web process (2026-11).
 */
const SMALL_HEAPS = [
  '--max-semi-space-size=1',
  '--max-old-space-size=256',
  '--expose-gc',
  '--wasm-tiering-budget=2000000000',
] as const
/**
 * New objects in 24 MB instead of up to 96: a process that predicts took 180 MB instead of 290 after some thousand
 * requests. In 6 MB it took no less, and answered 8 % fewer at 50 connections, because objects of requests that still
 * wait are copied at each collection (2026-11-30, seven alternating runs).
 */
const USUAL_HEAPS = ['--max-semi-space-size=8', '--expose-gc'] as const
/**
 * For the C library: one heap for all threads, and blocks from 64 kB on return to the system once they are
 * freed. Otherwise freed blocks remain between used ones: decoding and opening sessions left 30 MB in an
 * inference process and 29 in a worker, at the same CPU time for each image (2026-11).
 */
export const SMALL_PIECES = {
  MALLOC_ARENA_MAX: '1',
  MALLOC_MMAP_THRESHOLD_: '65536',
  MALLOC_TRIM_THRESHOLD_: '65536',
} as const
/** What all processes except training take with small heaps, without what they share with it. */
const OTHERS_MB = 296

/**
 * For images being decoded, over all processes: an image of 50 megapixels in most formats, and a fifth of a
 * small machine.
 */
const MOST_DECODE_MB = 400
const DECODE_SHARE = 0.2
/** A phone's 12 megapixels are accepted everywhere. */
const PUBLIC_PIXELS = { small: 12.5e6, usual: 25e6 } as const

type MemorySettings = Pick<Settings, 'MEMORY_MB'>

export const memoryMb = ({ MEMORY_MB }: MemorySettings): number =>
  MEMORY_MB === 'auto'
    ? Math.floor(Math.min(process.constrainedMemory() || Infinity, totalmem()) / MIB)
    : MEMORY_MB

export const isSmall = (settings: MemorySettings): boolean => memoryMb(settings) <= SMALL_MB

/** Node flags for each process of the product. */
export const heapFlags = (settings: MemorySettings): readonly string[] =>
  isSmall(settings) ? SMALL_HEAPS : USUAL_HEAPS

export const heapEnvironment = (): Readonly<Record<string, string>> => SMALL_PIECES

/**
 * Bytes that a training run may take: what the others leave; on a machine with more memory, half of what is
 * free, because other programs use it too.
 */
export const freeForTraining = (settings: MemorySettings): number =>
  Math.max(
    0,
    Math.min(
      isSmall(settings) ? process.availableMemory() : process.availableMemory() / 2,
      (memoryMb(settings) - OTHERS_MB) * MIB,
    ),
  )

/** Bytes that decoding may take at a time in this start, over all its processes. */
export const decodeBudgetBytes = (settings: MemorySettings): number =>
  Math.floor(Math.min(MOST_DECODE_MB, DECODE_SHARE * memoryMb(settings)) * MIB)

/** The largest image of a caller without a key or a login. */
export const maxPixelsPublic = (
  settings: MemorySettings & Pick<Settings, 'MAX_PIXELS' | 'MAX_PIXELS_PUBLIC'>,
): number =>
  Math.min(
    settings.MAX_PIXELS,
    settings.MAX_PIXELS_PUBLIC === 'auto'
      ? PUBLIC_PIXELS[isSmall(settings) ? 'small' : 'usual']
      : settings.MAX_PIXELS_PUBLIC,
  )

const CGROUPS = '/sys/fs/cgroup'
/**
 * Where each version of control groups reports the limit and usage of a group; the third field names files
 * that Linux drops when memory is needed.
 */
const LIMITS = [
  {
    controller: '',
    under: '',
    most: 'memory.max',
    used: 'memory.current',
    files: ['active_file', 'inactive_file'],
  },
  {
    controller: 'memory',
    under: 'memory',
    most: 'memory.limit_in_bytes',
    used: 'memory.usage_in_bytes',
    files: ['total_active_file', 'total_inactive_file'],
  },
] as const

/**
 * Bytes that can be allocated now: of the container, where it has a limit. Cached files count as free; Node
 * counts those of a container as used.
 */
export const availableBytes = (): number => ownGroupBytes() ?? process.availableMemory()

function ownGroupBytes(): number | null {
  try {
    const groups = readFileSync('/proc/self/cgroup', 'utf8')
      .split('\n')
      .map((line) => line.split(':'))
    for (const { controller, under, most, used, files } of LIMITS) {
      const own = groups.find(([, names]) => names?.split(',').includes(controller))?.[2]
      const folder = [path.join(CGROUPS, under, own ?? ''), path.join(CGROUPS, under)].find((one) =>
        existsSync(path.join(one, most)),
      )
      if (folder === undefined) continue
      const limit = Number(readFileSync(path.join(folder, most), 'utf8')) // "max" where there is none
      if (!(limit < totalmem())) return null
      const stat = readFileSync(path.join(folder, 'memory.stat'), 'utf8')
      const cached = files.reduce(
        (sum, name) => sum + Number(new RegExp(`^${name} (\\d+)`, 'm').exec(stat)?.[1] ?? 0),
        0,
      )
      return limit - Number(readFileSync(path.join(folder, used), 'utf8')) + cached
    }
    return null
  } catch {
    return null // not Linux
  }
}
