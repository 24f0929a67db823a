/** How many pictures a step may hold within the memory that training may take: an estimate from the network's shapes. */
import { shapesOf, sizeOf, type Network } from '#lib/ml/network.ts'

const PROCESS_MB = 220 // Node with an engine loaded and no picture yet; measured 2026-11, ML.md §1 gives 310 MB in all for batch 64
const COPIES = 3 // an activation, its gradient, and what the kernels take to make them
const SMALLEST = 4

/** The recipe's batch, halved until it fits. */
export function batchWithin(memoryMb: number, network: Network, batch: number): number {
  const numbers = [...shapesOf(network).values()].reduce((sum, shape) => sum + sizeOf(shape), 0)
  const megabytesEach = (numbers * 4 * COPIES) / 2 ** 20
  let fits = batch
  while (fits > SMALLEST && PROCESS_MB + fits * megabytesEach > memoryMb) fits = Math.ceil(fits / 2)
  return fits
}

/** What a training may take: the setting, or half of what is free, at least what a small network needs, at most what a large batch gains from. */
export const trainMemoryMb = (setting: number | 'auto', freeBytes: number): number => (setting === 'auto' ? Math.max(512, Math.min(4096, Math.floor(freeBytes / 2 ** 21))) : setting)
