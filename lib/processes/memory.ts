/** How much memory this start counts on, and what follows where it is little: smaller heaps, one inference process, small batches.
 *  It limits nothing: the container or the machine does. */
import { totalmem } from 'node:os'
import type { Settings } from '#lib/contracts/settings.ts'

const MIB = 1024 ** 2

/** Up to a gigabyte, memory is what is scarce. */
const SMALL_MB = 1024
/** Node's own limits let garbage of some hundred MB stand on any machine; with `--expose-gc` a process collects when it has grown (give-back.ts).
 *  The last keeps V8 from compiling the database's WebAssembly a second time when it is used much: that left 30 MB in a web process (2026-11). */
const SMALL_HEAPS = ['--max-semi-space-size=1', '--max-old-space-size=256', '--expose-gc', '--wasm-tiering-budget=2000000000'] as const
/** For the C library: one heap for all threads, and pieces from 64 kB on are the system's again once they are freed. Without, freed pieces stay between
 *  kept ones: decoding and opening sessions left 30 MB in an inference process and 29 in a worker, at the same CPU time for each picture (2026-11). */
const SMALL_PIECES = { MALLOC_ARENA_MAX: '1', MALLOC_MMAP_THRESHOLD_: '65536', MALLOC_TRIM_THRESHOLD_: '65536' } as const
/** What all processes but the training take where heaps are small, without what they share with it. */
const OTHERS_MB = 296

type Given = Pick<Settings, 'MEMORY_MB'>

export const memoryMb = ({ MEMORY_MB }: Given): number => (MEMORY_MB === 'auto' ? Math.floor(Math.min(process.constrainedMemory() || Infinity, totalmem()) / MIB) : MEMORY_MB)

export const isSmall = (settings: Given): boolean => memoryMb(settings) <= SMALL_MB

/** For Node, of each process of the product. */
export const heapFlags = (settings: Given): readonly string[] => (isSmall(settings) ? SMALL_HEAPS : [])

export const heapEnvironment = (settings: Given): Readonly<Record<string, string>> => (isSmall(settings) ? SMALL_PIECES : {})

/** Bytes that a training may take: what the others leave, and of a machine with more than little half of what is free, for others use it too. */
export const freeForTraining = (settings: Given): number => Math.max(0, Math.min(isSmall(settings) ? process.availableMemory() : process.availableMemory() / 2, (memoryMb(settings) - OTHERS_MB) * MIB))
