/**
 * Versions as rows next to their bundles, and the results of comparing them. promotions.ts knows which is
 * live.
 */
import { storedComparison } from '#lib/contracts/stored-json.ts'
import { readdir, stat } from 'node:fs/promises'
import path from 'node:path'
import { badBundle, measureBundle, verifyBundle } from './bundles.ts'
import type { ProvenBundle } from './bundles.ts'
import type { VersionStore } from '../data.ts'
import { inTrash, notFound, parsed } from '../store.ts'
import type { Store } from '../store.ts'
import type { VersionWithCard } from './version-values.ts'
import { VERSION_COLUMNS, classNamesOf, insertVersion, versionValue, withCard } from './version-rows.ts'
import type { CardRow, VersionRow } from './version-rows.ts'

export function versionsOf({ connection, prisma, id, now, settings }: Store): VersionStore {
  const rowOf = (versionId: string): CardRow => {
    const row = connection.one<CardRow>(
      `SELECT ${VERSION_COLUMNS}, "cardJson", "robustnessJson" FROM "Version" WHERE "id" = ?`,
      versionId,
    )
    if (!row) throw notFound('version', versionId)
    if (row.trashedAt !== null) throw inTrash('version', `v${row.number}`, row.trashedAt)
    const of = connection.one<{ trashedAt: number | null }>(
      'SELECT "trashedAt" FROM "Classifier" WHERE "id" = ?',
      row.classifierId,
    )
    if (of?.trashedAt != null) throw inTrash('classifier', row.classifierId, of.trashedAt)
    return row
  }
  const get = async (versionId: string): Promise<VersionWithCard> =>
    withCard({ connection, settings }, rowOf(versionId))
  const namesFor = (versionId: string) => classNamesOf(connection, rowOf(versionId))
  const folderFor = (classifierId: string, number: number): string =>
    path.join(settings.dataDir, 'models', classifierId, `v${number}`)

  return {
    get,
    folderFor,
    async find(classifierId, name) {
      const row = connection.one<VersionRow>(
        `SELECT ${VERSION_COLUMNS} FROM "Version" WHERE "classifierId" = ? AND "number" = ? AND "trashedAt" IS NULL`,
        classifierId,
        Number(name.slice(1)),
      )
      return row ? versionValue({ connection, settings }, row) : null
    },
    list: async (classifierId) =>
      connection
        .all<VersionRow>(
          `SELECT ${VERSION_COLUMNS} FROM "Version" WHERE "classifierId" = ? AND "trashedAt" IS NULL ` +
            'ORDER BY "number" DESC',
          classifierId,
        )
        .map((row) => versionValue({ connection, settings }, row)),
    nextNumber: async (classifierId) =>
      (connection.one<{ last: number }>(
        'SELECT "lastNumber" AS "last" FROM "Classifier" WHERE "id" = ?',
        classifierId,
      )?.last ?? 0) + 1,
    async register({ classifierId, number, runId }) {
      const folder = folderFor(classifierId, number)
      const bundle = await verifyBundle(folder)
      if (bundle.manifest.classifier !== classifierId || bundle.manifest.version !== `v${number}`)
        throw badBundle(
          folder,
          `its manifest is for ${bundle.manifest.classifier} ${bundle.manifest.version}`,
        )
      const versionId = id()
      await connection.write((writing) =>
        insertVersion(writing, { id: versionId, bundle, runId, isShipped: false }),
      )
      return get(versionId)
    },
    check: async (versionId) => fitting(await get(versionId), measureBundle, namesFor(versionId)),
    verify: async (versionId) => fitting(await get(versionId), verifyBundle, namesFor(versionId)),
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
      await connection.write((writing) =>
        writing.run(
          'UPDATE "Version" SET "verdictJson" = ? WHERE "id" = ?',
          JSON.stringify(verdict),
          versionId,
        ),
      )
    },
    async saveRobustness(versionId, robustness) {
      await prisma.version.updateMany({
        where: { id: versionId },
        data: { robustnessJson: JSON.stringify(robustness) },
      })
    },
    async saveComparison(championId, challengerId, comparison) {
      await connection.write((writing) =>
        writing.run(
          'INSERT INTO "Comparison" ("championId", "challengerId", "comparisonJson", "at") VALUES (?, ' +
            '?, ?, ?) ON CONFLICT DO UPDATE SET "comparisonJson" = excluded."comparisonJson", "at" = ' +
            'excluded."at"',
          championId,
          challengerId,
          JSON.stringify(comparison),
          now(),
        ),
      )
    },
    async findComparison(championId, challengerId) {
      const row = connection.one<{ comparisonJson: string }>(
        'SELECT "comparisonJson" FROM "Comparison" WHERE "championId" = ? AND "challengerId" = ?',
        championId,
        challengerId,
      )
      return row ? parsed(storedComparison, row.comparisonJson) : null
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
