/** How much memory this start counts on, and what follows where it is little: smaller heaps, one inference
 *  process, small batches. It limits nothing: the container or the machine does. */
import { existsSync, readFileSync } from 'node:fs'
import { totalmem } from 'node:os'
import path from 'node:path'
import type { Settings } from '#lib/contracts/settings.ts'

const MIB = 1024 ** 2

/** Up to a gigabyte, memory is what is scarce. */
const SMALL_MB = 1024
/** Node's own limits let garbage of some hundred MB stand on any machine; with `--expose-gc` a process
 *  collects when it has grown (memory-gc.ts). The last keeps V8 from compiling the database's WebAssembly a
 *  second time when it is used much: that left 30 MB in a web process (2026-11). */
const SMALL_HEAPS = [
  '--max-semi-space-size=1',
  '--max-old-space-size=256',
  '--expose-gc',
  '--wasm-tiering-budget=2000000000',
] as const
/** For the C library: one heap for all threads, and pieces from 64 kB on are the system's again once they are
 *  freed. Without, freed pieces stay between kept ones: decoding and opening sessions left 30 MB in an
 *  inference process and 29 in a worker, at the same CPU time for each picture (2026-11). */
export const SMALL_PIECES = {
  MALLOC_ARENA_MAX: '1',
  MALLOC_MMAP_THRESHOLD_: '65536',
  MALLOC_TRIM_THRESHOLD_: '65536',
} as const
/** What all processes but the training take where heaps are small, without what they share with it. */
const OTHERS_MB = 296

/** Of decoded images at a time, over all processes: an image of 50 megapixels in most formats, and a fifth of
 *  a small machine. */
const MOST_DECODE_MB = 400
const DECODE_SHARE = 0.2
/** A phone's 12 megapixels are answered everywhere. */
const PUBLIC_PIXELS = { small: 12.5e6, usual: 25e6 } as const

type MemorySettings = Pick<Settings, 'MEMORY_MB'>

export const memoryMb = ({ MEMORY_MB }: MemorySettings): number =>
  MEMORY_MB === 'auto'
    ? Math.floor(Math.min(process.constrainedMemory() || Infinity, totalmem()) / MIB)
    : MEMORY_MB

export const isSmall = (settings: MemorySettings): boolean => memoryMb(settings) <= SMALL_MB

/** For Node, of each process of the product. */
export const heapFlags = (settings: MemorySettings): readonly string[] =>
  isSmall(settings) ? SMALL_HEAPS : []

export const heapEnvironment = (settings: MemorySettings): Readonly<Record<string, string>> =>
  isSmall(settings) ? SMALL_PIECES : {}

/** Bytes that a training may take: what the others leave, and of a machine with more than little half of what
 *  is free, for others use it too. */
export const freeForTraining = (settings: MemorySettings): number =>
  Math.max(
    0,
    Math.min(
      isSmall(settings) ? process.availableMemory() : process.availableMemory() / 2,
      (memoryMb(settings) - OTHERS_MB) * MIB,
    ),
  )

/** Bytes that decoding images may take at a time in this start, over all its processes. */
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
/** Where each version of control groups says what a group may take and takes; in the second sum, files that
 *  Linux drops when memory is needed. */
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

/** Bytes that can be taken now: of the container, where it has a limit. Files that are only cached count as
 *  free; Node counts those of a container as taken. */
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
