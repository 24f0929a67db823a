/** How many pictures a step may hold within the memory that training may take: an estimate from the network's shapes. */
import { shapesOf, sizeOf, type Network } from '#lib/ml/network.ts'

// Measured on ONNX Runtime, 2026-11: 699 MB for the small network of 32 pixels in batches of 128, 441 MB in batches of 32, 564 MB for that of MNIST in 128.
const PROCESS_MB = 360 // Node, the engine, its sessions for learning and answering
const COPIES = 3.5 // an activation, its gradient, and what the kernels take to make them
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
