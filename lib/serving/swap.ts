/** Which version answers for which classifier, and the change from one to the next without a gap: load, check, flip, let the old one finish.
 *  It never decides who should be champion; promotions are rows, and who looks at them calls `follow`. */
import type { VersionRef } from '#lib/contracts/ipc.ts'
import type { Data } from '#lib/data/data.ts'
import type { Champion, Version, VersionWithCard } from '#lib/data/values.ts'
import { isDarkroomError } from '#lib/domain/errors.ts'
import type { Pool } from './pool.ts'
import type { LogLine } from './ports.ts'
import { badBundle, noVersion, notReady } from './refusals.ts'

/** Versions held at a time: champions of a handful of classifiers, and a few that somebody compares. About 5–15 MB each in each child. */
export const MOST_RESIDENT = 10

export type Served = { readonly version: VersionWithCard; readonly ref: VersionRef }

/** A version in use: it stays loaded until `release`. */
export type Lease = Served & { readonly release: () => void }

export type Swap = {
  /** The version that answers: the named one, or the champion. Loads it when it is used for the first time. */
  readonly lease: (classifierId: string, versionName?: string) => Promise<Lease>
  /** Lets these champions answer from now on, where their classifier answers already; what is refused is named, and the one before it stays. */
  readonly follow: (champions: readonly Champion[]) => Promise<{ readonly refused: readonly string[] }>
  /** Who answers now, without loading anything. */
  readonly serving: (classifierId: string) => Served | null
}

export type SwapParts = {
  readonly pool: Pick<Pool, 'load' | 'unload'>
  readonly data: { readonly versions: Pick<Data['versions'], 'get' | 'find'>; readonly promotions: Pick<Data['promotions'], 'champion'> }
  readonly log: LogLine
  readonly most?: number
}

type Resident = { readonly served: Served; leases: number }

export function createSwap({ pool, data, log, most = MOST_RESIDENT }: SwapParts): Swap {
  /** In order of use, the longest unused first. */
  const residents = new Map<string, Resident>()
  const loading = new Map<string, Promise<Resident>>()
  const champions = new Map<string, Served>()

  async function lease(classifierId: string, versionName?: string): Promise<Lease> {
    const resident = versionName === undefined ? await championOf(classifierId) : await named(classifierId, versionName)
    resident.leases += 1
    residents.delete(resident.served.ref.key)
    residents.set(resident.served.ref.key, resident)
    let isReleased = false
    const release = () => {
      if (isReleased) return
      isReleased = true
      resident.leases -= 1
      makeRoom()
    }
    return { ...resident.served, release }
  }

  async function championOf(classifierId: string): Promise<Resident> {
    const current = champions.get(classifierId)
    const resident = current && residents.get(current.ref.key)
    if (resident) return resident
    const row = await data.promotions.champion(classifierId)
    if (row === null) throw noVersion(classifierId, undefined)
    const loaded = await load(row.version).catch((error: unknown) => {
      if (isDarkroomError(error) && error.code === 'bad_bundle') throw notReady(`${error.what}: ${error.why}`, error)
      throw error
    })
    champions.set(classifierId, loaded.served)
    return loaded
  }

  async function named(classifierId: string, versionName: string): Promise<Resident> {
    const row = await data.versions.find(classifierId, versionName)
    if (row === null) throw noVersion(classifierId, versionName)
    return load(row)
  }

  /** Once, however many ask for it at the same time. */
  function load(row: Version): Promise<Resident> {
    const there = residents.get(row.id)
    if (there) return Promise.resolve(there)
    const begun = loading.get(row.id) ?? begin(row).finally(() => loading.delete(row.id))
    loading.set(row.id, begun)
    return begun
  }

  async function begin(row: Version): Promise<Resident> {
    const version = await data.versions.get(row.id)
    const ref = { key: row.id, folder: row.folder }
    await pool.load(ref).catch((error: unknown) => {
      throw isDarkroomError(error) && error.code === 'bad_bundle' ? badBundle(`${row.classifierId} ${row.name}`, error.why) : error
    })
    const resident: Resident = { served: { version, ref }, leases: 0 }
    residents.set(row.id, resident)
    log('info', `${row.classifierId} ${row.name} is loaded and gives its golden answers`)
    makeRoom()
    return resident
  }

  async function follow(rows: readonly Champion[]): Promise<{ refused: string[] }> {
    const refused: string[] = []
    for (const { version } of rows) {
      const { classifierId, id, name } = version
      const current = champions.get(classifierId)
      if (current === undefined || current.ref.key === id) continue
      try {
        champions.set(classifierId, (await load(version)).served)
        log('info', `${classifierId} ${name} answers from now on, ${current.version.name} finishes what it has begun`)
      } catch (error) {
        refused.push(`${classifierId} ${name}`)
        log('error', `${classifierId} ${name} is refused and ${current.version.name} goes on answering: ${error instanceof Error ? error.message : String(error)}`)
      }
    }
    for (const classifierId of champions.keys()) if (!rows.some((row) => row.version.classifierId === classifierId)) champions.delete(classifierId)
    return { refused }
  }

  /** The longest unused leave first; whoever is in use, or has just come, stays. */
  function makeRoom(): void {
    const newest = [...residents.keys()].at(-1)
    for (const [key, { leases }] of residents) {
      if (residents.size <= most) return
      if (leases > 0 || key === newest) continue
      residents.delete(key)
      pool.unload(key)
    }
  }

  return { lease, follow, serving: (classifierId) => champions.get(classifierId) ?? null }
}
