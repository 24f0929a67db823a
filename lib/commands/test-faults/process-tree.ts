/**
 * The processes of a product as the system lists them: their names and total memory; and their end. Linux only: it
 * reads /proc. It judges nothing.
 */
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'

const PAGE_BYTES = 4096
const LOOK_EVERY_MS = 100

export type Member = {
  readonly pid: number
  readonly parent: number
  readonly name: string
  readonly rssMb: number
}

/** The root and all its descendants. `name` is the entry that it runs: `web`, `inference`. */
export function familyOf(rootPid: number): readonly Member[] {
  const all = new Map(
    readdirSync('/proc')
      .map(Number)
      .filter((pid) => pid > 0)
      .flatMap((pid) => {
        const one = memberOf(pid)
        return one ? [[pid, one] as const] : []
      }),
  )
  const belongs = (one: Member | undefined): boolean =>
    one !== undefined && (one.pid === rootPid || belongs(all.get(one.parent)))
  return [...all.values()].filter(belongs)
}

export const pidsOf = (rootPid: number, name: string): readonly number[] =>
  familyOf(rootPid)
    .filter((one) => one.name === name)
    .map(({ pid }) => pid)

/** 1 if the process existed. */
export function killNow(pid: number): 0 | 1 {
  try {
    process.kill(pid, 'SIGKILL')
    return 1
  } catch {
    return 0
  }
}

export const memoryOf = (rootPid: number): number =>
  familyOf(rootPid).reduce((sum, { rssMb }) => sum + rssMb, 0)

/**
 * Samples ten times a second until it is stopped; returns the largest total, and the share of each process
 * then.
 */
export function watchMemory(rootPid: number): {
  readonly end: () => { readonly peakMb: number; readonly members: readonly Member[] }
} {
  let peakMb = 0
  let members: readonly Member[] = []
  const look = (): void => {
    const now = familyOf(rootPid)
    const sum = now.reduce((total, { rssMb }) => total + rssMb, 0)
    if (sum <= peakMb) return
    peakMb = sum
    members = now
  }
  look()
  const timer = setInterval(look, LOOK_EVERY_MS)
  return {
    end() {
      clearInterval(timer)
      look()
      return { peakMb, members }
    },
  }
}

/**
 * proc_pid_stat(5): after the name in brackets, field 3 is the state, 4 the parent, 24 the resident pages.
 */
function memberOf(pid: number): Member | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    if (fields[0] === 'Z') return null
    const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')
    const entry = words.find((word) => /\.(ts|mjs|js)$/.test(word)) ?? words[0] ?? ''
    const name = path.basename(entry).replace(/\.\w+$/, '')
    return { pid, parent: Number(fields[1]), name, rssMb: (Number(fields[21]) * PAGE_BYTES) / 1024 ** 2 }
  } catch {
    return null // it has ended meanwhile
  }
}
