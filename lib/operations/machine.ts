/**
 * Figures of the machine, and of the product's processes: from os, statfs and, where it exists, /proc. A
 * snapshot needs the one before it, because CPU use is a share of a time span.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { statfs } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'

/** Linux counts CPU time in hundredths of a second and memory in pages of 4 KiB on x64 and arm64. */
const TICKS_PER_SECOND = 100
const PAGE_BYTES = 4096
const CACHE_MS = 1_000
const MIB = 1024 ** 2

export type ProcessFigures = {
  readonly name: string
  readonly pid: number
  readonly memoryMb: number
  readonly cpuPercent: number
}
export type MachineFigures = {
  readonly cpuPercent: number
  readonly memoryPercent: number
  readonly memoryTotalMb: number
  readonly diskPercent: number
  readonly cores: number
  readonly processes: readonly ProcessFigures[]
}

type CpuSample = {
  readonly at: number
  readonly busy: number
  readonly total: number
  readonly ticks: ReadonlyMap<number, number>
}

/**
 * `now` in milliseconds; `rootPid` is the process whose descendants are ours. Calls within `CACHE_MS`
 * of another get the same figures: reading every process of a machine takes 4 ms, and thirteen page
 * requests per second delayed all other requests (docs/performance.md).
 */
export function watchMachine({
  dataDir,
  rootPid,
  now,
}: {
  dataDir: string
  rootPid: number
  now: () => number
}): () => Promise<MachineFigures> {
  let before = read(now(), rootPid).sample
  let latest: Promise<MachineFigures> | null = null
  let readAt = -Infinity
  return () => {
    if (latest !== null && now() - readAt < CACHE_MS) return latest
    readAt = now()
    return (latest = figures())
  }

  async function figures(): Promise<MachineFigures> {
    const { sample, family } = read(now(), rootPid)
    const seconds = Math.max(0.001, (sample.at - before.at) / 1000)
    const ticksBefore = before.ticks
    const cpuPercent =
      sample.total > before.total ? (100 * (sample.busy - before.busy)) / (sample.total - before.total) : 0
    if (seconds >= 1) before = sample
    const memory = memoryOf()
    return {
      cpuPercent: oneDigit(cpuPercent),
      memoryPercent: oneDigit((100 * (memory.total - memory.available)) / memory.total),
      memoryTotalMb: Math.round(memory.total / MIB),
      diskPercent: await diskPercent(dataDir),
      cores: os.availableParallelism(),
      processes: family.map(({ pid, name, ticks, pages }) => ({
        name,
        pid,
        memoryMb: Math.round((pages * PAGE_BYTES) / MIB),
        cpuPercent: oneDigit((100 * (ticks - (ticksBefore.get(pid) ?? ticks))) / TICKS_PER_SECOND / seconds),
      })),
    }
  }
}

function read(at: number, rootPid: number): { sample: CpuSample; family: Relative[] } {
  const times = os.cpus().map((cpu) => cpu.times)
  const total = times.reduce((sum, t) => sum + t.user + t.nice + t.sys + t.idle + t.irq, 0)
  const idle = times.reduce((sum, t) => sum + t.idle, 0)
  const family = familyOf(rootPid)
  return {
    sample: { at, busy: total - idle, total, ticks: new Map(family.map(({ pid, ticks }) => [pid, ticks])) },
    family,
  }
}

type Relative = {
  readonly pid: number
  readonly parent: number
  readonly name: string
  readonly ticks: number
  readonly pages: number
}

/** The root and all its descendants, ordered by their ids; this process alone where there is no /proc. */
function familyOf(rootPid: number): Relative[] {
  const all = new Map(
    everyPid().flatMap((pid) => {
      const one = relative(pid)
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
  const belongs = (one: Relative | undefined): boolean =>
    one !== undefined && (one.pid === rootPid || belongs(all.get(one.parent)))
  return [...all.values()].filter(belongs).sort((a, b) => a.pid - b.pid)
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
 * proc(5), /proc/[pid]/stat: after the name in brackets, field 4 is the parent, 14 and 15 the CPU time, 24
 * the resident pages.
 */
function relative(pid: number): Relative | null {
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

/** The kernel counts reclaimable caches as available. */
function memoryOf(): { total: number; available: number } {
  const total = os.totalmem()
  try {
    const available = /MemAvailable:\s+(\d+) kB/.exec(readFileSync('/proc/meminfo', 'utf8'))
    return { total, available: available ? Number(available[1]) * 1024 : os.freemem() }
  } catch {
    return { total, available: os.freemem() }
  }
}

async function diskPercent(dataDir: string): Promise<number> {
  const { blocks, bavail, bfree } = await statfs(dataDir)
  const used = blocks - bfree
  return used + bavail === 0 ? 0 : oneDigit((100 * used) / (used + bavail))
}

const oneDigit = (value: number): number => Math.round(Math.min(Math.max(value, 0), 100 * 64) * 10) / 10
