/** How much memory this start counts on, and what follows where it is little: smaller heaps, one inference process, small batches.
 *  It limits nothing: the container or the machine does. */
import { totalmem } from 'node:os'
import type { Settings } from '#lib/contracts/settings.ts'

const MIB = 1024 ** 2

/** Up to a gigabyte, memory is what is scarce. */
const SMALL_MB = 1024
/** Node's own limits let garbage of some hundred MB stand on any machine: all idle processes took 507 MB without these and 298 with them (PSS, 2026-11). */
const SMALL_HEAPS = ['--max-semi-space-size=1', '--max-old-space-size=256'] as const
/** What all processes but the training take where heaps are small. */
const OTHERS_MB = 300

type Given = Pick<Settings, 'MEMORY_MB'>

export const memoryMb = ({ MEMORY_MB }: Given): number => (MEMORY_MB === 'auto' ? Math.floor(Math.min(process.constrainedMemory() || Infinity, totalmem()) / MIB) : MEMORY_MB)

export const isSmall = (settings: Given): boolean => memoryMb(settings) <= SMALL_MB

/** For Node, of each process of the product. */
export const heapFlags = (settings: Given): readonly string[] => (isSmall(settings) ? SMALL_HEAPS : [])

/** What a training may find free. */
export const freeForTraining = (settings: Given): number => Math.max(0, Math.min(process.availableMemory(), (memoryMb(settings) - OTHERS_MB) * MIB))
