/**
 * Versions as rows next to their bundles, and the results of comparing them. promotions.ts knows which is
 * live.
 */
import { storedComparison } from '#lib/contracts/stored-json.ts'
import { existsSync } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import path from 'node:path'
import { badBundle, measureBundle, verifyBundle } from './bundles.ts'
import type { ProvenBundle } from './bundles.ts'
import type { VersionStore } from '../data.ts'
import { inTrash, notFound, parsed } from '../store.ts'
import type { Store } from '../store.ts'
import type { VersionWithCard } from './version-values.ts'
import { classNamesOf, createVersion, versionValue, withCard } from './version-rows.ts'
import type { CardRow } from './version-rows.ts'

export function versionsOf({ prisma, statements, id, now, settings, folders }: Store): VersionStore {
  const renamesOf = statements.classifiers.renames
  const rowOf = async (versionId: string): Promise<CardRow> => {
    const row = await statements.versions.withCard(versionId)
    if (!row) throw notFound('version', versionId)
    if (row.trashedAt !== null) throw inTrash('version', `v${row.number}`, row.trashedAt)
    const classifier = await statements.classifiers.row(row.classifierId)
    if (classifier?.trashedAt) throw inTrash('classifier', row.classifierId, classifier.trashedAt)
    return row
  }
  const get = async (versionId: string): Promise<VersionWithCard> => {
    const row = await rowOf(versionId)
    const version = withCard(settings, row, await renamesOf(row.classifierId))
    await provideMissing(version.folder)
    return version
  }
  /** A version that another host sealed. */
  const provideMissing = async (folder: string): Promise<void> => {
    if (!existsSync(folder)) await folders.provide(folder)
  }
  const verified = async (
    versionId: string,
    read: (folder: string) => Promise<ProvenBundle>,
  ): Promise<VersionWithCard> => {
    const row = await rowOf(versionId)
    const renames = await renamesOf(row.classifierId)
    const version = withCard(settings, row, renames)
    await provideMissing(version.folder)
    return fitting(version, read, classNamesOf(row, renames))
  }
  const folderFor = (classifierId: string, number: number): string =>
    path.join(settings.dataDir, 'models', classifierId, `v${number}`)

  return {
    get,
    folderFor,
    async find(classifierId, name) {
      const row = await statements.versions.numbered(classifierId, Number(name.slice(1)))
      if (!row || row.trashedAt !== null) return null
      const version = versionValue(settings, row, await renamesOf(classifierId))
      await provideMissing(version.folder)
      return version
    },
    async list(classifierId) {
      const renames = await renamesOf(classifierId)
      const rows = await statements.versions.ofClassifier(classifierId)
      return rows.map((row) => versionValue(settings, row, renames))
    },
    async nextNumber(classifierId) {
      return ((await statements.classifiers.row(classifierId))?.lastNumber ?? 0) + 1
    },
    async register({ classifierId, number, runId }) {
      const folder = folderFor(classifierId, number)
      const bundle = await verifyBundle(folder)
      if (bundle.manifest.classifier !== classifierId || bundle.manifest.version !== `v${number}`)
        throw badBundle(
          folder,
          `its manifest is for ${bundle.manifest.classifier} ${bundle.manifest.version}`,
        )
      await folders.publish(folder)
      const versionId = id()
      await prisma.$transaction((tx) => createVersion(tx, { id: versionId, bundle, runId, isShipped: false }))
      return get(versionId)
    },
    check: (versionId) => verified(versionId, measureBundle),
    verify: (versionId) => verified(versionId, verifyBundle),
    async fingerprint(folder) {
      const names = (await readdir(folder).catch(() => [])).toSorted()
      const facts = await Promise.all(
        names.map((name) =>
          stat(path.join(folder, name)).then(
            (file) => `${name} ${file.size} ${file.mtimeMs} ${file.ino}`,
            () => name,
          ),
        ),
      )
      return facts.join('\n')
    },
    async saveVerdict(versionId, verdict) {
      await prisma.version.updateMany({
        where: { id: versionId },
        data: { verdictJson: JSON.stringify(verdict) },
      })
    },
    async saveRobustness(versionId, robustness) {
      await prisma.version.updateMany({
        where: { id: versionId },
        data: { robustnessJson: JSON.stringify(robustness) },
      })
    },
    async saveComparison(championId, challengerId, comparison) {
      const compared = { championId, challengerId }
      const values = { comparisonJson: JSON.stringify(comparison), at: now() }
      await prisma.comparison.upsert({
        where: { championId_challengerId: compared },
        create: { ...compared, ...values },
        update: values,
      })
    },
    async findComparison(championId, challengerId) {
      const row = await prisma.comparison.findUnique({
        where: { championId_challengerId: { championId, challengerId } },
      })
      return row && parsed(storedComparison, row.comparisonJson)
    },
  }
}

/** A folder that contains another version would serve the wrong classes under this name. */
async function fitting(
  version: VersionWithCard,
  read: (folder: string) => Promise<ProvenBundle>,
  nameOf: (name: string) => string,
): Promise<VersionWithCard> {
  const { manifest, classes } = await read(version.folder)
  if (manifest.classifier !== version.classifierId || manifest.version !== version.name)
    throw badBundle(version.folder, `its manifest is for ${manifest.classifier} ${manifest.version}`)
  if (classes.map(nameOf).join('\n') !== version.classes.join('\n'))
    throw badBundle(
      version.folder,
      `the ${classes.length} classes in classes.json are not the classes of this version`,
    )
  return version
}
