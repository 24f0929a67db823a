/** A process and its descendants, with their CPU time and memory so far, from /proc. It computes no shares. */
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'

/** Linux counts CPU time in hundredths of a second and memory in pages of 4 KiB on x64 and arm64. */
export const TICKS_PER_SECOND = 100
export const PAGE_BYTES = 4096

export type FamilyProcess = {
  readonly pid: number
  readonly parent: number
  readonly name: string
  /** User and system time so far. */
  readonly ticks: number
  /** Resident. */
  readonly pages: number
}

/** The root and all its descendants, ordered by their ids; this process alone where there is no /proc. */
export function familyOf(rootPid: number): readonly FamilyProcess[] {
  const all = new Map(
    (descendants(rootPid) ?? everyPid()).flatMap((pid) => {
      const one = processOf(pid)
      return one ? [[pid, one] as const] : []
    }),
  )
  if (all.size === 0) {
    const { user, system } = process.cpuUsage()
    return [
      {
        pid: process.pid,
        parent: 0,
        name: 'web',
        ticks: ((user + system) / 1e6) * TICKS_PER_SECOND,
        pages: process.memoryUsage.rss() / PAGE_BYTES,
      },
    ]
  }
  const belongs = (one: FamilyProcess | undefined): boolean =>
    one !== undefined && (one.pid === rootPid || belongs(all.get(one.parent)))
  return [...all.values()].filter(belongs).sort((a, b) => a.pid - b.pid)
}

/**
 * The root and its descendants by the lists of children that Linux keeps (proc(5), /proc/[pid]/task/[tid]/children);
 * null where it keeps none. A process may have started others from any of its threads. Reading every process of a
 * machine instead takes longer the more there are.
 */
function descendants(rootPid: number): number[] | null {
  const family = [rootPid]
  for (const pid of family) {
    const children = childrenOf(pid)
    if (children === null && pid === rootPid) return null
    family.push(...(children ?? []))
  }
  return family
}

function childrenOf(pid: number): number[] | null {
  try {
    return readdirSync(`/proc/${pid}/task`).flatMap((thread) => startedBy(pid, thread))
  } catch {
    return null // it has ended meanwhile, or there are no such lists
  }
}

function startedBy(pid: number, thread: string): number[] {
  try {
    const list = readFileSync(`/proc/${pid}/task/${thread}/children`, 'latin1').trim()
    return list === '' ? [] : list.split(' ').map(Number)
  } catch (error) {
    if (thread === String(pid)) throw error
    return [] // the thread has ended meanwhile
  }
}

function everyPid(): number[] {
  try {
    return readdirSync('/proc')
      .map(Number)
      .filter((pid) => pid > 0)
  } catch {
    return []
  }
}

/**
 * Null where there is no such process. proc(5), /proc/[pid]/stat: after the name in brackets, field 4 is the parent,
 * 14 and 15 the CPU time, 24 the resident pages.
 */
export function processOf(pid: number): FamilyProcess | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    const fields = stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number)
    return {
      pid,
      parent: fields[1]!,
      name: nameOf(pid),
      ticks: fields[11]! + fields[12]!,
      pages: fields[21]!,
    }
  } catch {
    return null // it has ended meanwhile
  }
}

/** The entry point that it runs: `web`, `inference`. */
function nameOf(pid: number): string {
  const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')
  const entry = words.find((word) => /\.(ts|mjs|js)$/.test(word)) ?? words[0] ?? ''
  return path.basename(entry).replace(/\.\w+$/, '')
}
