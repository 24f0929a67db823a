/** Makes rows of the bundles that come with the product: models/<classifier>/classifier.json next to the
 *  folders of its versions. Their files are never written to. */
import { existsSync, readdirSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { shippedClassifier } from '#lib/contracts/bundle.ts'
import type { ShippedClassifier } from '#lib/contracts/bundle.ts'
import { messageOf } from '#lib/domain/errors.ts'
import { badBundle, readBundle, verifyBundle } from './bundles.ts'
import type { ProvenBundle } from './bundles.ts'
import { insertClassifier } from '../classifiers/classifiers.ts'
import type { TransactionScope } from '../database/connection.ts'
import type { Data } from '../data.ts'
import { insertPromotion } from './promotions.ts'
import type { Store } from '../store.ts'
import { insertVersion, rewriteVersion } from './version-rows.ts'

const DESCRIPTION = 'classifier.json'
const BY = 'Darkroom'

type IgnoredVersion = { readonly folder: string; readonly reason: string }

export const shippedOf =
  (store: Store): Data['syncShipped'] =>
  async () => {
    const refused: IgnoredVersion[] = []
    let versions = 0
    for (const folder of foldersIn(store.settings.modelsDir)) {
      if (!existsSync(path.join(folder, DESCRIPTION))) continue
      const refuse =
        (of: string) =>
        (error: unknown): null => {
          refused.push({ folder: of, reason: messageOf(error) })
          return null
        }
      const described = await describedIn(folder).catch(refuse(folder))
      if (!described) continue
      const bundles: ProvenBundle[] = []
      for (const version of foldersIn(folder).filter((name) => /^v[1-9][0-9]*$/.test(path.basename(name)))) {
        const bundle = await (
          isKnown(store, described.id, version) ? readBundle(version) : verifyBundle(version)
        ).catch(refuse(version))
        if (bundle) bundles.push(bundle)
      }
      versions += await store.connection
        .write((writing) => sync(store, writing, { folder, described, bundles }))
        .catch((error: unknown) => {
          refuse(folder)(error)
          return 0
        })
    }
    return { versions, refused }
  }

const foldersIn = (folder: string): readonly string[] =>
  existsSync(folder)
    ? readdirSync(folder, { withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .map((entry) => path.join(folder, entry.name))
        .sort()
    : []

async function describedIn(folder: string): Promise<ShippedClassifier> {
  const described = shippedClassifier.parse(
    JSON.parse(await readFile(path.join(folder, DESCRIPTION), 'utf8')),
  )
  if (described.id !== path.basename(folder)) throw new Error(`${DESCRIPTION} describes "${described.id}".`)
  return described
}

const isKnown = ({ connection }: Store, classifierId: string, folder: string): boolean =>
  connection.one(
    'SELECT 1 FROM "Version" WHERE "classifierId" = ? AND "number" = ? AND "isShipped"',
    classifierId,
    numberOf(folder),
  ) !== undefined

const numberOf = (folder: string): number => Number(path.basename(folder).slice(1))

/**
 * Returns how many shipped versions there are. A user's own classifier or promoted version is never
 * changed.
 */
function sync(
  { id, now }: Store,
  writing: TransactionScope,
  shipped: {
    readonly folder: string
    readonly described: ShippedClassifier
    readonly bundles: readonly ProvenBundle[]
  },
): number {
  const { folder, described, bundles } = shipped
  const named = bundles.find((bundle) => bundle.manifest.version === described.champion)
  if (!named)
    throw badBundle(
      path.join(folder, described.champion),
      'it is the live version according to its description and cannot be used',
    )
  const there = writing.one<{ isShipped: number }>(
    'SELECT "isShipped" FROM "Classifier" WHERE "id" = ?',
    described.id,
  )
  if (there?.isShipped === 0)
    throw new Error(
      `A classifier "${described.id}" created on this machine exists; the shipped one is ignored.`,
    )
  if (there)
    writing.run(
      'UPDATE "Classifier" SET "recipe" = ?, "originalJson" = ? WHERE "id" = ?',
      described.recipe,
      described.dataset && JSON.stringify(described.dataset),
      described.id,
    )
  else insertClassifier(writing, draftOf(described, named), now())

  for (const bundle of bundles) {
    const known = writing.one<{ id: string; isShipped: number; cardJson: string }>(
      'SELECT "id", "isShipped", "cardJson" FROM "Version" WHERE "classifierId" = ? AND "number" = ?',
      described.id,
      numberOf(bundle.folder),
    )
    if (known?.isShipped === 1 && known.cardJson !== JSON.stringify(bundle.card))
      rewriteVersion(writing, known.id, bundle)
    if (!known) insertVersion(writing, { id: id(), bundle, runId: null, isShipped: true })
  }
  const champion = writing.one('SELECT 1 FROM "Promotion" WHERE "classifierId" = ? LIMIT 1', described.id)
  const version = writing.one<{ id: string }>(
    'SELECT "id" FROM "Version" WHERE "classifierId" = ? AND "number" = ? AND "isShipped"',
    described.id,
    Number(described.champion.slice(1)),
  )
  if (!champion && version)
    insertPromotion(writing, {
      versionId: version.id,
      by: BY,
      reason: 'it is shipped with Darkroom',
      kind: 'promote',
      at: now(),
    })
  return bundles.length
}

const draftOf = (described: ShippedClassifier, { classes, preprocess }: ProvenBundle) => ({
  id: described.id,
  title: described.title,
  classes,
  input: { size: preprocess.size, channels: preprocess.channels, fit: preprocess.fit },
  isMirrorable: described.is_mirrorable,
  hasDigits: described.has_digits,
  recipe: described.recipe,
  isShipped: true,
  original: described.dataset,
})
