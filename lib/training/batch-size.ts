/** How many pictures a step may hold within the memory that training may take: from the network's shapes, and what each engine was seen to take. */
import type { EngineName } from '#lib/domain/classifier.ts'
import { shapesOf, sizeOf, type Network } from '#lib/ml/network.ts'

type Cost = {
  /** Node, the engine, its sessions for learning and answering, the pictures at hand. */
  readonly processMb: number
  /** For each number of a picture's activations: itself, its gradient, and what the kernels take to make them. */
  readonly copies: number
}

/** Rounded up from the peaks of learning and answering on networks of 28, 32 and 96 pixels in batches of 16 to 256, 2026-11: docs/performance.md. */
const COSTS: Readonly<Record<EngineName, Cost>> = {
  onnx: { processMb: 240, copies: 1.3 },
  wasm: { processMb: 260, copies: 2.2 },
  'tfjs-node': { processMb: 480, copies: 1.6 },
}
const SMALLEST = 4
/** What a small network needs for batches that still learn well. */
const LEAST_MB = 256
const MOST_MB = 4096

/** The recipe's batch, halved until it fits. */
export function batchWithin(memoryMb: number, { network, batch, engine }: { readonly network: Network; readonly batch: number; readonly engine: EngineName }): number {
  const { processMb, copies } = COSTS[engine]
  const numbers = [...shapesOf(network).values()].reduce((sum, shape) => sum + sizeOf(shape), 0)
  const megabytesEach = (numbers * 4 * copies) / 2 ** 20
  let fits = batch
  while (fits > SMALLEST && processMb + fits * megabytesEach > memoryMb) fits = Math.ceil(fits / 2)
  return fits
}

/** What a training may take: the setting, or half of what is free, at least what a small network needs, at most what a large batch gains from. */
export const trainMemoryMb = (setting: number | 'auto', freeBytes: number): number => (setting === 'auto' ? Math.max(LEAST_MB, Math.min(MOST_MB, Math.floor(freeBytes / 2 ** 21))) : setting)
