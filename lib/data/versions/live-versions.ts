/**
 * Which version serves predictions: the promoted one, or while it cannot be loaded the one that was live before it.
 * Faults are rows, so that all processes agree. Nothing is loaded here; other modules find out whether a
 * version can be loaded.
 */
import type { LiveVersions, Promotions, VersionStore } from '../data.ts'
import { championsBefore } from './promotions.ts'
import type { Store } from '../store.ts'
import type { Champion, LiveVersion, Version, VersionFault } from './version-values.ts'

export function liveVersionsOf(
  { prisma, statements, now }: Store,
  { promotions, versions }: { readonly promotions: Promotions; readonly versions: VersionStore },
): LiveVersions {
  /**
   * Faults whose rows could not be written yet: a full disk or a locked database must not reactivate a
   * broken version.
   */
  const unwritten = new Map<string, VersionFault>()

  async function writeFault(fault: VersionFault): Promise<void> {
    unwritten.set(fault.versionId, fault)
    const { versionId, ...rest } = fault
    await prisma.versionFault.upsert({ where: { versionId }, create: fault, update: rest })
    unwritten.delete(versionId)
  }

  async function faults(): Promise<readonly VersionFault[]> {
    for (const fault of [...unwritten.values()]) await writeFault(fault).catch(() => {}) // tried again at the next look
    const written = await statements.versions.faults()
    return [...written.filter(({ versionId }) => !unwritten.has(versionId)), ...unwritten.values()]
  }

  /** The promoted version, those that were live before it (newest first), then shipped ones. */
  async function candidatesFor(champion: Champion): Promise<readonly Version[]> {
    const { classifierId } = champion.version
    const history = await promotions.history(classifierId)
    const known = new Map((await versions.list(classifierId)).map((version) => [version.id, version]))
    const shipped = [...known.values()].filter(({ isShipped }) => isShipped).map(({ id }) => id)
    const order = [
      ...championsBefore(history).toReversed(),
      ...history.map(({ versionId }) => versionId).toReversed(),
      ...shipped,
    ]
    return [...new Set(order)].flatMap((id) => known.get(id) ?? [])
  }

  async function liveOf(champion: Champion, found: readonly VersionFault[]): Promise<LiveVersion> {
    const reasonOf = (versionId: string) =>
      found.find((fault) => fault.versionId === versionId)?.reason ?? null
    const reason = reasonOf(champion.version.id)
    if (reason === null) return { promoted: champion, version: champion.version, reason: null }
    const version = (await candidatesFor(champion)).find(({ id }) => reasonOf(id) === null) ?? null
    return { promoted: champion, version, reason }
  }

  return {
    async of(classifierId) {
      const champion = await promotions.champion(classifierId)
      return champion && liveOf(champion, await faults())
    },
    async all() {
      const found = await faults()
      return Promise.all((await promotions.champions()).map((champion) => liveOf(champion, found)))
    },
    faults,
    reportFault: (versionId, reason) => writeFault({ versionId, reason, foundAt: now() }),
    async clearFault(versionId) {
      unwritten.delete(versionId)
      await prisma.versionFault.deleteMany({ where: { versionId } })
    },
  }
}
