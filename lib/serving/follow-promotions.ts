/**
 * Keeps one process that computes predictions in step with promotions that other processes write: loads the
 * default classifier's version at the start, lets newly promoted versions serve, and acknowledges what this
 * process serves. The rows decide which version is live; model-registry.ts and recovery.ts handle loading and
 * its failures.
 */
import type { Data } from '#lib/data/data.ts'
import { isDarkroomError, messageOf } from '#lib/domain/errors.ts'
import type { LogLine, SteadyClock } from '#lib/domain/ports.ts'
import type { Recovery } from './recovery.ts'
import type { Swap } from './model-registry.ts'

/**
 * After this time the start continues and reports what is missing, such as an engine that does not open or
 * is very slow.
 */
const LONGEST_BEGIN_MS = 20_000

export type FollowerParts = {
  readonly process: { readonly webId: string; readonly pid: number }
  readonly swap: Pick<Swap, 'lease' | 'follow' | 'serving'>
  readonly recovery: Pick<Recovery, 'look'>
  readonly data: {
    readonly classifiers: Pick<Data['classifiers'], 'chosen'>
    readonly promotions: Pick<Data['promotions'], 'latest'>
    readonly classes: Pick<Data['classes'], 'latestRename'>
    readonly live: Pick<Data['live'], 'all' | 'faults'>
    readonly webProcesses: Pick<Data['webProcesses'], 'seen' | 'leave'>
  }
  readonly clock: SteadyClock
  readonly log: LogLine
}

export type Follower = {
  /**
   * Resolves when the default classifier's live version serves, or cannot serve; `hindrance` then gives the
   * reason.
   */
  readonly begin: () => Promise<void>
  /** To be called repeatedly, never concurrently. Rejects when rows cannot be read or written. */
  readonly look: () => Promise<void>
  /** Why the default classifier cannot serve; null when it can. */
  readonly hindrance: () => string | null
  /** Removes this process from the list that promotions wait for. */
  readonly leave: () => Promise<void>
}

export function followPromotions({ process, swap, recovery, data, clock, log }: FollowerParts): Follower {
  let hindrance: string | null = 'The default classifier is being loaded.'
  /** The newest promotion that this process serves. */
  let acknowledged = 0
  /**
   * The newest promotion, the newest rename of a class and the faults that the loaded versions reflect; empty
   * when they must be compared again.
   */
  let followed = ''

  async function begin(): Promise<void> {
    acknowledged = await data.promotions.latest()
    await Promise.race([
      loadDefault(),
      new Promise<void>((resolve) => clock.after(LONGEST_BEGIN_MS, resolve)),
    ])
  }

  async function loadDefault(): Promise<void> {
    try {
      const { id } = await data.classifiers.chosen(undefined)
      ;(await swap.lease(id)).release()
      hindrance = null
    } catch (error) {
      const hasNothingToLoad = isDarkroomError(error) && error.code === 'not_found'
      hindrance = hasNothingToLoad ? null : messageOf(error)
      if (hindrance) log('error', hindrance)
    }
  }

  async function look(): Promise<void> {
    await recovery.look()
    const latest = await data.promotions.latest()
    const faults = (await data.live.faults()).map(({ versionId }) => versionId)
    const state = [latest, await data.classes.latestRename(), ...faults].join(' ')
    if (state !== followed) {
      const failed = await swap.follow(await data.live.all())
      followed = failed.length === 0 ? state : ''
    }
    const { id } = await data.classifiers.chosen(undefined).catch(() => ({ id: null }))
    if (id !== null && swap.serving(id) === null) await loadDefault()
    if (followed !== '') acknowledged = latest
    await data.webProcesses.seen(process.webId, process.pid, acknowledged)
  }

  const leave = (): Promise<void> =>
    data.webProcesses.leave(process.webId).catch((error: unknown) =>
      log('warn', 'This process could not be unregistered; its registration expires in a few seconds', {
        error,
      }),
    )

  return { begin, look, leave, hindrance: () => hindrance }
}
