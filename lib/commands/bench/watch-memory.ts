/** The peak of the total memory of a product's processes during an operation. */
import { setTimeout as wait } from 'node:timers/promises'
import { watchMachine } from '#lib/operations/machine.ts'
import type { ThrowawayProduct } from '#lib/processes/throwaway/throwaway-product.ts'
import { proportionalMb } from './process-figures.ts'

const LOOK_EVERY_MS = 250

type MemorySnapshot = { readonly peak_mb: number; readonly processes: Readonly<Record<string, number>> }

export const withLargest = (look: MemorySnapshot): MemorySnapshot & { readonly largest: string } => ({
  ...look,
  largest:
    Object.entries(look.processes)
      .toSorted(([, a], [, b]) => b - a)[0]
      ?.join(' ') ?? '',
})

/** Samples all processes of the product repeatedly, and keeps the sample with the largest total. */
export function watchMemory({ dataDir, pid }: ThrowawayProduct): {
  readonly end: () => void
  readonly most: () => MemorySnapshot
} {
  const look = watchMachine({ dataDir, rootPid: pid, now: () => performance.now() })
  let most: MemorySnapshot = { peak_mb: 0, processes: {} }
  let isEnded = false
  const watch = async (): Promise<void> => {
    while (!isEnded) {
      const processes: Record<string, number> = {}
      for (const { name, pid: one } of (await look()).processes) {
        const ofItsKind = Object.keys(processes).filter((known) => known.replace(/ \d+$/, '') === name).length
        processes[ofItsKind === 0 ? name : `${name} ${ofItsKind + 1}`] = proportionalMb(one)
      }
      const sum = Math.round(Object.values(processes).reduce((total, mb) => total + mb, 0))
      if (sum > most.peak_mb)
        most = {
          peak_mb: sum,
          processes: Object.fromEntries(
            Object.entries(processes).map(([name, mb]) => [name, Math.round(mb)]),
          ),
        }
      await wait(LOOK_EVERY_MS)
    }
  }
  void watch()
  return {
    end: () => {
      isEnded = true
    },
    most: () => most,
  }
}
