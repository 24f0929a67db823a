/** A version's row and its value. bundles.ts reads the bundle itself in the version's folder. */
import {
  storedCard,
  storedNames,
  storedPreprocess,
  storedRobustness,
  storedVerdict,
} from '#lib/contracts/stored-json.ts'
import path from 'node:path'
import { ENGINES } from '#lib/domain/classifier.ts'
import { figuresWithNames, type ClassRename } from '#lib/domain/class-renames.ts'
import { namesToday } from '../classifiers/class-names.ts'
import type { ProvenBundle } from './bundles.ts'
import type { DataSettings } from '../data-settings.ts'
import type { Prisma } from '../generated/client.ts'
import type { VersionRow } from '../statements.ts'
import { parsed, parsedOrNull, wordOrNull } from '../store.ts'
import type { Transaction } from '../trash/trash-rows.ts'
import type { Version, VersionWithCard } from './version-values.ts'

export type CardRow = Prisma.VersionModel

export async function createVersion(
  tx: Transaction,
  draft: {
    readonly id: string
    readonly bundle: ProvenBundle
    readonly runId: string | null
    readonly isShipped: boolean
  },
): Promise<void> {
  const { card, manifest } = draft.bundle
  const [id, number] = [manifest.classifier, Number(manifest.version.slice(1))]
  await tx.version.create({
    data: {
      id: draft.id,
      classifierId: id,
      number,
      parent: card.parent,
      runId: draft.runId,
      isShipped: draft.isShipped,
      ...versionColumns(draft.bundle),
    },
  })
  await tx.classifier.updateMany({ where: { id, lastNumber: { lt: number } }, data: { lastNumber: number } })
}

export function versionColumns({ card, preprocess, classes }: ProvenBundle) {
  const measured = card.test ?? card.folds ?? card.validation
  return {
    recipe: card.recipe.name,
    engine: card.engine,
    accuracy: measured?.accuracy.value ?? null,
    accuracyLow: measured?.accuracy.low ?? null,
    accuracyHigh: measured?.accuracy.high ?? null,
    testImages: card.test?.images ?? 0,
    parameters: card.network.parameters,
    sizeBytes: card.network.bytes,
    classesJson: JSON.stringify(classes),
    preprocessJson: JSON.stringify(preprocess),
    cardJson: JSON.stringify(card),
    createdAt: new Date(card.created_at),
  }
}

export type VersionFolders = Pick<DataSettings, 'dataDir' | 'modelsDir'>

/** The name that a class of this version has today. */
export const classNamesOf = (
  { isShipped, createdAt }: Pick<VersionRow, 'isShipped' | 'createdAt'>,
  renames: readonly ClassRename[],
): ((name: string) => string) => namesToday(renames, isShipped ? null : createdAt)

/** `renames`: of its classifier. */
export function versionValue(
  settings: VersionFolders,
  row: VersionRow,
  renames: readonly ClassRename[],
): Version {
  const name = `v${row.number}`
  const { accuracy: value, accuracyLow: low, accuracyHigh: high } = row
  return {
    id: row.id,
    classifierId: row.classifierId,
    number: row.number,
    name,
    folder: row.isShipped
      ? path.resolve(settings.modelsDir, row.classifierId, name)
      : path.resolve(settings.dataDir, 'models', row.classifierId, name),
    parent: row.parent,
    runId: row.runId,
    isShipped: row.isShipped,
    recipe: row.recipe,
    engine: wordOrNull(ENGINES, row.engine, 'Version.engine'),
    accuracy: value === null || low === null || high === null ? null : { value, low, high },
    testImages: row.testImages,
    parameters: row.parameters,
    sizeBytes: row.sizeBytes,
    classes: parsed(storedNames, row.classesJson).map(classNamesOf(row, renames)),
    preprocess: parsed(storedPreprocess, row.preprocessJson),
    verdict: parsedOrNull(storedVerdict, row.verdictJson),
    createdAt: row.createdAt,
    promotedAt: row.promotedAt,
  }
}

/** The card as it was sealed, with what was measured since, and with the class names of today. */
export function withCard(
  settings: VersionFolders,
  row: CardRow,
  renames: readonly ClassRename[],
): VersionWithCard {
  const { test, folds, ...card } = parsed(storedCard, row.cardJson)
  const robustness = card.robustness ?? parsedOrNull(storedRobustness, row.robustnessJson)
  const nameOf = classNamesOf(row, renames)
  return {
    ...versionValue(settings, row, renames),
    card: {
      ...card,
      test: test && figuresWithNames(test, nameOf),
      ...(folds !== undefined && { folds: folds && figuresWithNames(folds, nameOf) }),
      robustness,
    },
  }
}
