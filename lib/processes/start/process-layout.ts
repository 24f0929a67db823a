/**
 * Which processes a start has: the only place that knows the layout. child-processes.ts starts and supervises
 * them; docs/architecture.md draws them.
 */
import { availableParallelism } from 'node:os'
import path from 'node:path'
import type { Settings } from '#lib/contracts/settings.ts'
import { isSmall } from '#lib/operations/memory-limits.ts'

/** Unless set: each takes some 180 MB, whatever the number of cores. */
const MOST_AUTO_PREDICTING = 4

type LayoutSettings = Pick<Settings, 'ROLE' | 'DOOR' | 'PREDICT_PROCESSES' | 'WEB_PROCESSES' | 'MEMORY_MB'>

/**
 * A process that accepts connections on PORT, and computes predictions: `predict`, or `web`, which also shows pages,
 * with DOOR=off and where memory is small.
 */
export type FrontKind = 'predict' | 'web'

export type ProcessLayout = {
  readonly front: { readonly kind: FrontKind; readonly count: number }
  /** Web processes behind the front ones, on private sockets: pages, and every route without predictions. */
  readonly behind: number
  readonly hasWorker: boolean
}

export function layoutOf(settings: LayoutSettings): ProcessLayout {
  const { ROLE, DOOR, WEB_PROCESSES } = settings
  const hasWorker = ROLE !== 'web'
  if (ROLE === 'worker') return { front: { kind: 'predict', count: 0 }, behind: 0, hasWorker }
  const count = predictingCount(settings)
  // One process that does both takes 80 MB less than two.
  const isAllInOne = DOOR === 'off' || (isSmall(settings) && count === 1 && WEB_PROCESSES === 1)
  return isAllInOne
    ? { front: { kind: 'web', count: WEB_PROCESSES }, behind: 0, hasWorker }
    : { front: { kind: 'predict', count }, behind: WEB_PROCESSES, hasWorker }
}

/** How many processes answer requests: they share the budgets of a start for memory and bodies. */
export function answeringCount(settings: LayoutSettings): number {
  const { front, behind } = layoutOf(settings)
  return Math.max(1, front.count + behind)
}

/** What one process knows about its place: which of its kind it is, from 1 on, and the private folder of the start. */
export type ProcessPlace = { readonly number: number; readonly folder: string }

/** From the arguments with which the supervisor forks a process. */
export const placeFromArguments = ([number, folder]: readonly string[]): ProcessPlace => ({
  number: Number(number),
  folder: folder!,
})

/** Where a web process behind the front ones listens. Other users have no access to the folder. */
export const socketOf = ({ number, folder }: ProcessPlace): string =>
  process.platform === 'win32'
    ? String.raw`\\.\pipe\${path.basename(folder)}-web-${number}`
    : path.join(folder, `web-${number}.sock`)

/** Of all web processes behind the front ones. */
export const socketsIn = (folder: string, { behind }: ProcessLayout): readonly string[] =>
  Array.from({ length: behind }, (_, i) => socketOf({ number: i + 1, folder }))

/** Where a front process notes work that may end it, for its successor. */
export const workRecordOf = ({ number, folder }: ProcessPlace): string =>
  path.join(folder, `front-${number}.work`)

/** One for each core: each computes on one thread. */
function predictingCount(settings: LayoutSettings): number {
  if (settings.PREDICT_PROCESSES !== 'auto') return settings.PREDICT_PROCESSES
  return isSmall(settings) ? 1 : Math.max(1, Math.min(availableParallelism(), MOST_AUTO_PREDICTING))
}
