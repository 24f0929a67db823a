/**
 * A kernel control group that limits the memory of a product, like a container. Linux only, and only where
 * one can be created.
 */
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'

const VERSION_1 = '/sys/fs/cgroup/memory'
const VERSION_2 = '/sys/fs/cgroup'

export type ControlGroup = Disposable & {
  /** Runs a program inside. */
  readonly through: readonly [program: string, ...args: string[]]
  /** How many of its processes the kernel has killed for lack of memory. */
  readonly killed: () => number
  readonly peakMb: () => number
}

export function createControlGroup(limitMb: number): ControlGroup | null {
  const isFirst =
    existsSync(path.join(VERSION_1, 'memory.limit_in_bytes')) ||
    existsSync(path.join(VERSION_1, 'cgroup.procs'))
  const parent = isFirst ? VERSION_1 : VERSION_2
  const folder = path.join(parent, `darkroom-faults-${process.pid}`)
  const bytes = String(limitMb * 1024 ** 2)
  try {
    if (!isFirst) writeFileSync(path.join(parent, 'cgroup.subtree_control'), '+memory')
    mkdirSync(folder)
    writeFileSync(path.join(folder, isFirst ? 'memory.limit_in_bytes' : 'memory.max'), bytes)
    if (!isFirst) writeFileSync(path.join(folder, 'memory.swap.max'), '0')
  } catch {
    if (existsSync(folder)) rmdirSync(folder)
    return null
  }
  const events = path.join(folder, isFirst ? 'memory.oom_control' : 'memory.events')
  const peak = path.join(folder, isFirst ? 'memory.max_usage_in_bytes' : 'memory.peak')
  return {
    through: ['sh', '-c', `echo $$ > ${path.join(folder, 'cgroup.procs')} && exec "$@"`, 'sh'],
    killed: () => Number(/^oom_kill (\d+)$/m.exec(readFileSync(events, 'utf8'))?.[1] ?? 0),
    peakMb: () => (existsSync(peak) ? Number(readFileSync(peak, 'utf8')) / 1024 ** 2 : NaN),
    [Symbol.dispose]() {
      try {
        rmdirSync(folder)
      } catch {
        // One of its processes is still ending; an empty group costs nothing and disappears with the next
        // restart of the machine.
      }
    },
  }
}

/** Why none can be created here; null where one can. */
export function withoutControlGroup(): string | null {
  const group = createControlGroup(64)
  if (group === null)
    return 'it creates a control group with a memory limit, which requires root and /sys/fs/cgroup'
  group[Symbol.dispose]()
  return null
}
