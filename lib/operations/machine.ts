/**
 * Figures of the machine, and of the product's processes: from os, statfs and, where it exists, /proc
 * (process-family.ts). A snapshot needs the one before it, because CPU use is a share of a time span.
 */
import { readFileSync } from 'node:fs'
import { statfs } from 'node:fs/promises'
import os from 'node:os'
import { familyOf, PAGE_BYTES, TICKS_PER_SECOND, type FamilyProcess } from './process-family.ts'

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

function read(at: number, rootPid: number): { sample: CpuSample; family: readonly FamilyProcess[] } {
  const times = os.cpus().map((cpu) => cpu.times)
  const total = times.reduce((sum, t) => sum + t.user + t.nice + t.sys + t.idle + t.irq, 0)
  const idle = times.reduce((sum, t) => sum + t.idle, 0)
  const family = familyOf(rootPid)
  return {
    sample: { at, busy: total - idle, total, ticks: new Map(family.map(({ pid, ticks }) => [pid, ticks])) },
    family,
  }
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
