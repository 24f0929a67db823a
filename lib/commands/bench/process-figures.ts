/** CPU time and memory of a process and its descendants, for benchmarks (Linux only). */
import { readFileSync } from 'node:fs'
import { familyOf, processOf, TICKS_PER_SECOND } from '#lib/operations/process-family.ts'

/** User and system time so far, in ms; 0 where there is no such process. */
export const cpuMsOf = (pid: number): number => msOf(processOf(pid)?.ticks ?? 0)

/** CPU time so far of the family of a process, in ms, by the name of the program. */
export function familyCpu(rootPid: number): Readonly<Record<string, number>> {
  const sums: Record<string, number> = {}
  for (const { name, ticks } of familyOf(rootPid)) sums[name] = (sums[name] ?? 0) + msOf(ticks)
  return sums
}

/** Proportional set size of the family, in MB: shared pages count once. */
export const familyMemoryMb = (rootPid: number): number =>
  Math.round(familyOf(rootPid).reduce((sum, { pid }) => sum + proportionalMb(pid), 0))

/** In MB. proc(5): private pages, and of shared ones the part of this process; 0 where it has ended. */
export function proportionalMb(pid: number): number {
  try {
    const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8')
    return Number(/^Pss:\s+(\d+) kB/m.exec(text)?.[1] ?? 0) / 1024
  } catch {
    return 0
  }
}

const msOf = (ticks: number): number => (ticks * 1_000) / TICKS_PER_SECOND
