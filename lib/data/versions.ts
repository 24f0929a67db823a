/** Versions as rows beside their bundles, and what comparing them said. Which of them answers is in promotions.ts. */
import { readdir, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import type { ComparisonAnswer } from '#lib/contracts/models.ts'
import { badBundle, readBundle, verifyBundle } from './bundles.ts'
import type { ProvenBundle } from './bundles.ts'
import type { VersionStore } from './data.ts'
import { championsBefore, promotionsIn } from './promotions.ts'
import { conflict, notFound, parsed } from './store.ts'
import type { Store } from './store.ts'
import type { Version, VersionWithCard } from './values.ts'
import { VERSION_COLUMNS, insertVersion, versionValue, withCard } from './version-rows.ts'
import type { VersionRow } from './version-rows.ts'

export function versionsOf({ connection, id, now, settings }: Store): VersionStore {
  const rowOf = (versionId: string): VersionRow & { cardJson: string } => {
    const row = connection.one<VersionRow & { cardJson: string }>(`SELECT ${VERSION_COLUMNS}, "cardJson" FROM "Version" WHERE "id" = ?`, versionId)
    if (!row) throw notFound('version', versionId)
    return row
  }
  const get = async (versionId: string): Promise<VersionWithCard> => withCard(settings, rowOf(versionId))
  const folderFor = (classifierId: string, number: number): string => path.join(settings.dataDir, 'models', classifierId, `v${number}`)

  return {
    get,
    folderFor,
    async find(classifierId, name) {
      const row = connection.one<VersionRow>(`SELECT ${VERSION_COLUMNS} FROM "Version" WHERE "classifierId" = ? AND "number" = ?`, classifierId, Number(name.slice(1)))
      return row ? versionValue(settings, row) : null
    },
    list: async (classifierId) => connection.all<VersionRow>(`SELECT ${VERSION_COLUMNS} FROM "Version" WHERE "classifierId" = ? ORDER BY "number" DESC`, classifierId).map((row) => versionValue(settings, row)),
    nextNumber: async (classifierId) => (connection.one<{ last: number }>('SELECT "lastNumber" AS "last" FROM "Classifier" WHERE "id" = ?', classifierId)?.last ?? 0) + 1,
    async register({ classifierId, number, runId }) {
      const folder = folderFor(classifierId, number)
      const bundle = await verifyBundle(folder)
      if (bundle.manifest.classifier !== classifierId || bundle.manifest.version !== `v${number}`) throw badBundle(folder, `its manifest speaks of ${bundle.manifest.classifier} ${bundle.manifest.version}`)
      const versionId = id()
      await connection.write((writing) => insertVersion(writing, { id: versionId, bundle, runId, isShipped: false }))
      return get(versionId)
    },
    check: async (versionId) => fitting(await get(versionId), readBundle),
    verify: async (versionId) => fitting(await get(versionId), verifyBundle),
    async fingerprint(folder) {
      const names = (await readdir(folder).catch(() => [])).toSorted()
      const facts = await Promise.all(names.map((name) => stat(path.join(folder, name)).then((file) => `${name} ${file.size} ${file.mtimeMs} ${file.ino}`, () => name)))
      return facts.join('\n')
    },
    async saveVerdict(versionId, verdict) {
      await connection.write((writing) => writing.run('UPDATE "Version" SET "verdictJson" = ? WHERE "id" = ?', JSON.stringify(verdict), versionId))
    },
    async remove(versionId) {
      const version = versionValue(settings, rowOf(versionId))
      if (version.isShipped) throw conflict(`Version ${version.name} cannot be deleted`, 'it came with the product', 'Leave it; it costs no memory while it does not answer.')
      await connection.write((writing) => {
        const champions = championsBefore(promotionsIn(writing, version.classifierId))
        refuseWhileNeeded(version, { champion: champions.at(-1), target: champions.at(-2) })
        writing.run('DELETE FROM "Version" WHERE "id" = ?', versionId)
      })
      await rm(version.folder, { recursive: true, force: true })
    },
    async saveComparison(championId, challengerId, comparison) {
      await connection.write((writing) => writing.run(
        'INSERT INTO "Comparison" ("championId", "challengerId", "comparisonJson", "at") VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET "comparisonJson" = excluded."comparisonJson", "at" = excluded."at"',
        championId, challengerId, JSON.stringify(comparison), now()))
    },
    async findComparison(championId, challengerId) {
      const row = connection.one<{ comparisonJson: string }>('SELECT "comparisonJson" FROM "Comparison" WHERE "championId" = ? AND "challengerId" = ?', championId, challengerId)
      return row ? parsed<ComparisonAnswer>(row.comparisonJson) : null
    },
  }
}

/** A folder that holds another version would serve the wrong classes under this name. */
async function fitting(version: VersionWithCard, read: (folder: string) => Promise<ProvenBundle>): Promise<VersionWithCard> {
  const { manifest, classes } = await read(version.folder)
  if (manifest.classifier !== version.classifierId || manifest.version !== version.name) throw badBundle(version.folder, `its manifest is that of ${manifest.classifier} ${manifest.version}`)
  if (classes.join('\n') !== version.classes.join('\n')) throw badBundle(version.folder, `classes.json names ${classes.length} classes that are not those of this version`)
  return version
}

function refuseWhileNeeded(version: Version, needed: { readonly champion: string | undefined; readonly target: string | undefined }): void {
  const what = `Version ${version.name} cannot be deleted`
  if (version.id === needed.champion) throw conflict(what, 'it answers now', 'Promote another version first.')
  if (version.id === needed.target) throw conflict(what, 'it is the one to roll back to', 'Promote another version first.')
}
