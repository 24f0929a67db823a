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
import { createClassifier } from '../classifiers/classifiers.ts'
import type { Data } from '../data.ts'
import { createPromotion } from './promotions.ts'
import type { Store } from '../store.ts'
import type { Transaction } from '../trash/trash-rows.ts'
import { createVersion, versionColumns } from './version-rows.ts'

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
          (await isKnown(store, described.id, version)) ? readBundle(version) : verifyBundle(version)
        ).catch(refuse(version))
        if (bundle) bundles.push(bundle)
      }
      versions += await sync(store, { folder, described, bundles }).catch((error: unknown) => {
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

const isKnown = async ({ statements }: Store, classifierId: string, folder: string): Promise<boolean> =>
  (await statements.versions.numbered(classifierId, numberOf(folder)))?.isShipped === true

const numberOf = (folder: string): number => Number(path.basename(folder).slice(1))

type ShippedFolder = {
  readonly folder: string
  readonly described: ShippedClassifier
  readonly bundles: readonly ProvenBundle[]
}

/**
 * Returns how many shipped versions there are. A user's own classifier or promoted version is never
 * changed. A start at which nothing is new writes nothing.
 */
async function sync(store: Store, shipped: ShippedFolder): Promise<number> {
  const { folder, described, bundles } = shipped
  const named = bundles.find((bundle) => bundle.manifest.version === described.champion)
  if (!named)
    throw badBundle(
      path.join(folder, described.champion),
      'it is the live version according to its description and cannot be used',
    )
  if (!(await isStored(store, shipped)))
    await store.prisma.$transaction((tx) => storeIn(tx, store, { ...shipped, named }))
  return bundles.length
}

async function isStored({ statements }: Store, { described, bundles }: ShippedFolder): Promise<boolean> {
  const classifier = await statements.classifiers.row(described.id)
  if (classifier === null || !hasValuesOf(classifier, described)) return false
  for (const { folder, card } of bundles) {
    const version = await statements.versions.numbered(described.id, numberOf(folder))
    if (version === null) return false
    const stored = version.isShipped ? await statements.versions.withCard(version.id) : null
    if (stored !== null && stored.cardJson !== JSON.stringify(card)) return false
  }
  return (await statements.versions.promotion(described.id)) !== null
}

const valuesOf = ({ recipe, dataset }: ShippedClassifier) => ({
  recipe,
  originalJson: dataset && JSON.stringify(dataset),
})

function hasValuesOf(
  row: { readonly isShipped: boolean; readonly recipe: string; readonly originalJson: string | null },
  described: ShippedClassifier,
): boolean {
  const { recipe, originalJson } = valuesOf(described)
  return row.isShipped && row.recipe === recipe && row.originalJson === originalJson
}

async function storeIn(
  tx: Transaction,
  { id, now }: Store,
  { described, bundles, named }: ShippedFolder & { readonly named: ProvenBundle },
): Promise<void> {
  const { id: classifierId } = described
  const known = await tx.classifier.findUnique({ where: { id: classifierId } })
  if (known?.isShipped === false)
    throw new Error(
      `A classifier "${classifierId}" created on this machine exists; the shipped one is ignored.`,
    )
  if (known) await tx.classifier.update({ where: { id: classifierId }, data: valuesOf(described) })
  else await createClassifier(tx, draftOf(described, named), now())

  for (const bundle of bundles) {
    const version = await tx.version.findUnique({
      where: { classifierId_number: { classifierId, number: numberOf(bundle.folder) } },
    })
    // With a new bundle in a newer Darkroom the row takes its values; its id and history stay.
    if (version?.isShipped && version.cardJson !== JSON.stringify(bundle.card))
      await tx.version.update({ where: { id: version.id }, data: versionColumns(bundle) })
    if (!version) await createVersion(tx, { id: id(), bundle, runId: null, isShipped: true })
  }
  if (await tx.promotion.findFirst({ where: { classifierId } })) return
  const live = await tx.version.findUnique({
    where: { classifierId_number: { classifierId, number: Number(described.champion.slice(1)) } },
  })
  if (live?.isShipped)
    await createPromotion(tx, {
      versionId: live.id,
      by: BY,
      reason: 'it is shipped with Darkroom',
      kind: 'promote',
      at: now(),
    })
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
