/**
 * Notices that the files of a live version have changed, and that those of a broken version can be loaded
 * again. It reports and clears faults; the data module decides from them which version serves.
 */
import type { Data } from '#lib/data/data.ts'
import type { Version, VersionFault } from '#lib/data/versions/version-values.ts'
import { isDarkroomError, type DarkroomError } from '#lib/domain/errors.ts'
import type { LogLine, SteadyClock } from '#lib/domain/ports.ts'
import type { Swap } from './model-registry.ts'

/** Reading names, sizes and times of a dozen files takes 0.3 ms for each version. */
const LOOK_AT_FILES_EVERY_MS = 2_000
/**
 * A broken version whose files have not changed is tried again after this time, then after twice the time,
 * up to the longest: a failing load may crash a process.
 */
const FIRST_RETRY_MS = 10_000
const LONGEST_RETRY_MS = 600_000

export type RecoveryParts = {
  readonly swap: Pick<Swap, 'verify' | 'serving'>
  readonly data: {
    readonly versions: Pick<Data['versions'], 'get' | 'verify' | 'fingerprint'>
    readonly live: Pick<Data['live'], 'all' | 'faults' | 'reportFault' | 'clearFault'>
  }
  readonly clock: SteadyClock
  readonly log: LogLine
}

export type Recovery = {
  /** To be called repeatedly; checks only when the interval has passed. */
  readonly look: () => Promise<void>
}

type LoadAttempt = { readonly files: string; readonly waitMs: number; readonly at: number }

export function createRecovery({ swap, data, clock, log }: RecoveryParts): Recovery {
  /** For versions that serve: their files as they were when last known to be intact. The first look verifies them,
   *  too: they may have changed since they were loaded. */
  const intactFiles = new Map<string, string>()
  const tried = new Map<string, LoadAttempt>()
  let lookedAt = -Infinity
  let isFirst = true

  async function look(): Promise<void> {
    if (clock.now() - lookedAt < LOOK_AT_FILES_EVERY_MS) return
    lookedAt = clock.now()
    const faults = await data.live.faults()
    for (const fault of faults) await tryAgain(fault)
    isFirst = false
    for (const key of tried.keys()) if (!faults.some(({ versionId }) => versionId === key)) tried.delete(key)
    for (const { version } of await data.live.all())
      if (version && swap.serving(version.classifierId)?.ref.key === version.id) await compare(version)
  }

  async function tryAgain({ versionId }: VersionFault): Promise<void> {
    const version = await data.versions.get(versionId)
    const files = await data.versions.fingerprint(version.folder)
    const last = tried.get(versionId)
    // A fault from an earlier start is tried at once: the files may have been restored while nothing ran.
    if (last === undefined && !isFirst)
      return void tried.set(versionId, { files, waitMs: FIRST_RETRY_MS, at: clock.now() })
    if (last !== undefined && files === last.files && clock.now() - last.at < last.waitMs) return
    try {
      await swap.verify(versionId)
      await data.live.clearFault(versionId)
      intactFiles.delete(versionId)
      log('info', `${version.classifierId} ${version.name} can be loaded again`)
    } catch (error) {
      if (!isBadBundle(error)) throw error
      const waitMs = files === last?.files ? Math.min(2 * last.waitMs, LONGEST_RETRY_MS) : FIRST_RETRY_MS
      tried.set(versionId, { files, waitMs, at: clock.now() })
    }
  }

  async function compare(version: Version): Promise<void> {
    const files = await data.versions.fingerprint(version.folder)
    if (files === intactFiles.get(version.id)) return
    intactFiles.set(version.id, files)
    try {
      await data.versions.verify(version.id)
    } catch (error) {
      if (!isBadBundle(error)) throw error
      intactFiles.delete(version.id)
      log(
        'error',
        `The files of ${version.classifierId} ${version.name} have changed but cannot be used: ${error.why}`,
      )
      await data.live.reportFault(version.id, error.why)
    }
  }

  return { look }
}

const isBadBundle = (error: unknown): error is DarkroomError =>
  isDarkroomError(error) && error.code === 'bad_bundle'
