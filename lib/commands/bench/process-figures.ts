/** CPU time and memory of a process and its descendants, from /proc (Linux only). */
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'

/** Linux counts CPU time in hundredths of a second. */
const MS_PER_TICK = 10

type ProcessTimes = { readonly parent: number; readonly cpuMs: number }

/** User and system time so far, in ms; 0 where there is no such process. */
export const cpuMsOf = (pid: number): number => timesOf(pid)?.cpuMs ?? 0

/** CPU time so far of the family of a process, in ms, by the name of the program without extension. */
export function familyCpu(rootPid: number): Readonly<Record<string, number>> {
  const sums: Record<string, number> = {}
  for (const pid of familyOf(rootPid)) {
    const name = programOf(pid)
    sums[name] = (sums[name] ?? 0) + cpuMsOf(pid)
  }
  return sums
}

/** Proportional set size of the family, in MB: shared pages count once. */
export const familyMemoryMb = (rootPid: number): number =>
  Math.round(familyOf(rootPid).reduce((sum, pid) => sum + proportionalMb(pid), 0))

/** In MB. proc(5): private pages, and of shared ones the part of this process. */
export const proportionalMb = (pid: number): number =>
  Number(/^Pss:\s+(\d+) kB/m.exec(read(`/proc/${pid}/smaps_rollup`))?.[1] ?? 0) / 1024

function familyOf(rootPid: number): readonly number[] {
  const parents = new Map<number, number>()
  for (const name of readdirSync('/proc')) {
    const times = /^\d+$/.test(name) ? timesOf(Number(name)) : null
    if (times) parents.set(Number(name), times.parent)
  }
  const family = new Set([rootPid])
  for (let size = 0; size !== family.size;) {
    size = family.size
    for (const [pid, parent] of parents) if (family.has(parent)) family.add(pid)
  }
  return [...family]
}

/** proc(5): after the name in parentheses, the second field is the parent, the 12th and 13th are times. */
function timesOf(pid: number): ProcessTimes | null {
  const text = read(`/proc/${pid}/stat`)
  if (text === '') return null
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  return { parent: Number(fields[1]), cpuMs: (Number(fields[11]) + Number(fields[12])) * MS_PER_TICK }
}

function programOf(pid: number): string {
  const args = read(`/proc/${pid}/cmdline`).split('\0')
  const script = args.find((arg) => arg.endsWith('.ts'))
  return script === undefined ? path.basename(args[0] ?? 'ended') : path.basename(script, '.ts')
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return '' // it has ended meanwhile
  }
}
