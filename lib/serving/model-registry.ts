/**
 * Which version is loaded and serves predictions for each classifier, and the switch from one version to
 * the next without a gap: load, verify, switch, let the old one finish. The data module decides which
 * version should be live (live-versions.ts); load failures are reported there, and the next version is
 * tried.
 */
import type { VersionRef } from '#lib/contracts/ipc.ts'
import type { Data } from '#lib/data/data.ts'
import type { LiveVersion, Version, VersionWithCard } from '#lib/data/versions/version-values.ts'
import { isDarkroomError, type DarkroomError } from '#lib/domain/errors.ts'
import { andThen, type MaybePromise } from '#lib/domain/maybe-promise.ts'
import type { Inference } from './pool-parts.ts'
import type { LogLine } from '#lib/domain/ports.ts'
import { badBundle, noVersion, notReady } from './refusals.ts'

/**
 * Most versions loaded at a time: the live ones of a few classifiers, and some that are being compared.
 * About 5–15 MB each in each process.
 */
export const MOST_RESIDENT = 10

export type ServingVersion = { readonly version: VersionWithCard; readonly ref: VersionRef }

/** A version in use: it stays loaded until `release`. */
export type Lease = ServingVersion & { readonly release: () => void }

export type Swap = {
  /** The named version, or the live one. Loads it on first use. */
  readonly lease: (classifierId: string, versionName?: string) => MaybePromise<Lease>
  /**
   * Lets these versions serve from now on, if their classifier is already served. Returns the ids for which
   * that failed; they are to be tried again.
   */
  readonly follow: (live: readonly LiveVersion[]) => Promise<readonly string[]>
  /** Which version serves now, without loading anything. */
  readonly serving: (classifierId: string) => ServingVersion | null
  /** The names of the versions that serve now, by the id of their classifier. */
  readonly names: () => Readonly<Record<string, string>>
  /** Checks the files, checksums and test inputs as they are now. The error `bad_bundle` names the defect. */
  readonly verify: (versionId: string) => Promise<VersionWithCard>
}

export type SwapParts = {
  readonly pool: Pick<Inference, 'load' | 'unload' | 'verify'>
  readonly data: {
    readonly versions: Pick<Data['versions'], 'find' | 'check' | 'verify'>
    readonly live: Pick<Data['live'], 'of' | 'reportFault'>
  }
  readonly log: LogLine
  readonly most?: number
  /** This version was unloaded, or another one serves predictions instead of it. */
  readonly retired?: (key: string) => void
}

type Resident = { served: ServingVersion; leases: number }

export function createSwap({ pool, data, log, most = MOST_RESIDENT, retired = () => {} }: SwapParts): Swap {
  /** In order of use, the least recently used first. */
  const residents = new Map<string, Resident>()
  const loading = new Map<string, Promise<Resident>>()
  const choosing = new Map<string, Promise<Resident>>()
  const live = new Map<string, ServingVersion>()

  const lease = (classifierId: string, versionName?: string): MaybePromise<Lease> =>
    andThen(versionName === undefined ? liveOf(classifierId) : named(classifierId, versionName), leaseOf)

  function leaseOf(resident: Resident): Lease {
    resident.leases += 1
    if (residents.size > 1) {
      residents.delete(resident.served.ref.key)
      residents.set(resident.served.ref.key, resident)
    }
    let isReleased = false
    const release = () => {
      if (isReleased) return
      isReleased = true
      resident.leases -= 1
      unloadUnused()
    }
    return { ...resident.served, release }
  }

  function liveOf(classifierId: string): MaybePromise<Resident> {
    const current = live.get(classifierId)
    const resident = current && residents.get(current.ref.key)
    return resident ?? chosen(classifierId)
  }

  /** Chooses once, however many requests wait for the result. */
  function chosen(classifierId: string): Promise<Resident> {
    const started =
      choosing.get(classifierId) ?? choose(classifierId).finally(() => choosing.delete(classifierId))
    choosing.set(classifierId, started)
    return started
  }

  /**
   * The first version that can be loaded, in the order that data gives; each one that cannot is reported
   * and not tried again here.
   */
  async function choose(classifierId: string): Promise<Resident> {
    for (;;) {
      const candidate = await data.live.of(classifierId)
      if (candidate === null) throw noVersion(classifierId, undefined)
      const { promoted, version, reason } = candidate
      if (version === null)
        throw notReady(
          `${classifierId} ${promoted.version.name} cannot be loaded (${reason}), and neither can any ` +
            'earlier live version',
        )
      try {
        const resident = await load(version)
        const before = live.get(classifierId)
        live.set(classifierId, resident.served)
        if (before?.ref.key !== version.id) {
          const earlier = before ? `, ${before.version.name} finishes its requests` : ''
          log('info', `${classifierId} ${version.name} serves predictions from now on${earlier}`)
          if (before) retired(before.ref.key)
        }
        return resident
      } catch (error) {
        if (!isBadBundle(error)) throw error
        await report(version, error.why)
      }
    }
  }

  async function report(version: Version, reason: string): Promise<void> {
    log(
      'error',
      `${version.classifierId} ${version.name} cannot serve predictions: ${reason}. The ` +
        'previous live version serves predictions.',
    )
    await data.live
      .reportFault(version.id, reason)
      .catch((error: unknown) =>
        log('error', 'A fault of a version could not be recorded', { error, version: version.id }),
      )
  }

  async function named(classifierId: string, versionName: string): Promise<Resident> {
    const row = await data.versions.find(classifierId, versionName)
    if (row === null) throw noVersion(classifierId, versionName)
    return withNamesOf(row, await load(row))
  }

  /** A class may have been renamed since the version was loaded; its outputs stay the same. */
  function withNamesOf(row: Version, resident: Resident): Resident {
    const { served } = resident
    if (served.version.classes.join('\n') !== row.classes.join('\n'))
      resident.served = { ...served, version: { ...served.version, classes: row.classes } }
    return resident
  }

  /** Loads once, however many requests wait for the result. */
  function load(row: Version): Promise<Resident> {
    const there = residents.get(row.id)
    if (there) return Promise.resolve(there)
    const started = loading.get(row.id) ?? begin(row).finally(() => loading.delete(row.id))
    loading.set(row.id, started)
    return started
  }

  async function begin(row: Version): Promise<Resident> {
    const { version, ref } = await inWords(row, async () => {
      const version = await data.versions.check(row.id)
      const ref = { key: row.id, folder: row.folder }
      await pool.load(ref)
      return { version, ref }
    })
    const resident: Resident = { served: { version, ref }, leases: 0 }
    residents.set(row.id, resident)
    log('info', `${row.classifierId} ${row.name} is loaded and passed its self-test`)
    unloadUnused()
    return resident
  }

  async function verify(versionId: string): Promise<VersionWithCard> {
    const version = await data.versions.verify(versionId)
    await inWords(version, () => pool.verify({ key: version.id, folder: version.folder }))
    return version
  }

  async function follow(rows: readonly LiveVersion[]): Promise<string[]> {
    const failed: string[] = []
    for (const { promoted, version } of rows) {
      const { classifierId } = promoted.version
      const current = live.get(classifierId)
      // If no version can be loaded, the one that is still in memory continues to serve.
      if (current === undefined || version === null) continue
      if (current.ref.key === version.id) {
        const resident = residents.get(version.id)
        if (resident) live.set(classifierId, withNamesOf(version, resident).served)
        continue
      }
      await chosen(classifierId).then(
        ({ served }) => {
          if (served.ref.key !== version.id) failed.push(classifierId)
        },
        (error: unknown) => {
          failed.push(classifierId)
          log(
            'error',
            `${classifierId} ${version.name} is not loaded and ${current.version.name} stays live: ${String(error)}`,
          )
        },
      )
    }
    for (const [classifierId, served] of live)
      if (!rows.some(({ promoted }) => promoted.version.classifierId === classifierId)) {
        live.delete(classifierId)
        retired(served.ref.key)
      }
    return failed
  }

  function unload(key: string): void {
    pool.unload(key)
    retired(key)
  }

  /** Unloads the least recently used first; versions in use, or just loaded, stay. */
  function unloadUnused(): void {
    if (residents.size <= most) return
    const newest = [...residents.keys()].at(-1)
    for (const [key, { leases }] of residents) {
      if (residents.size <= most) return
      if (leases > 0 || key === newest) continue
      residents.delete(key)
      unload(key)
    }
  }

  return {
    lease,
    follow,
    verify,
    serving: (classifierId) => live.get(classifierId) ?? null,
    names: () => Object.fromEntries([...live].map(([id, { version }]) => [id, version.name])),
  }
}

/** Replaces the key in error messages by the version's name. */
async function inWords<T>({ classifierId, name }: Version, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw isBadBundle(error) ? badBundle(`${classifierId} ${name}`, error.why) : error
  }
}

const isBadBundle = (error: unknown): error is DarkroomError =>
  isDarkroomError(error) && error.code === 'bad_bundle'
