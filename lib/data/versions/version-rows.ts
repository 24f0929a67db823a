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
import { figuresWithNames } from '#lib/domain/class-renames.ts'
import { classNamesIn } from '../classifiers/class-names.ts'
import type { ProvenBundle } from './bundles.ts'
import type { Connection, TransactionScope } from '../database/connection.ts'
import type { DataSettings } from '../data-settings.ts'
import { parsed, parsedOrNull, wordOrNull } from '../store.ts'
import type { Version, VersionWithCard } from './version-values.ts'

export type VersionRow = {
  id: string
  classifierId: string
  number: number
  parent: string | null
  runId: string | null
  isShipped: number
  recipe: string
  engine: string | null
  accuracy: number | null
  accuracyLow: number | null
  accuracyHigh: number | null
  testImages: number
  parameters: number
  sizeBytes: number
  classesJson: string
  preprocessJson: string
  verdictJson: string | null
  createdAt: number
  promotedAt: number | null
  trashedAt: number | null
}

/**
 * All columns except the card, which is 12 to 23 kB and read separately: a dashboard reads the rows of
 * every live version.
 */
export const VERSION_COLUMNS = [
  'id',
  'classifierId',
  'number',
  'parent',
  'runId',
  'isShipped',
  'recipe',
  'engine',
  'accuracy',
  'accuracyLow',
  'accuracyHigh',
  'testImages',
  'parameters',
  'sizeBytes',
  'classesJson',
  'preprocessJson',
  'verdictJson',
  'createdAt',
  'promotedAt',
  'trashedAt',
]
  .map((name) => `"${name}"`)
  .join(', ')

export function insertVersion(
  writing: TransactionScope,
  draft: {
    readonly id: string
    readonly bundle: ProvenBundle
    readonly runId: string | null
    readonly isShipped: boolean
  },
): void {
  const { card, manifest } = draft.bundle
  writing.insert('Version', {
    id: draft.id,
    classifierId: manifest.classifier,
    number: Number(manifest.version.slice(1)),
    parent: card.parent,
    runId: draft.runId,
    isShipped: draft.isShipped,
    ...versionColumns(draft.bundle),
    verdictJson: null,
    promotedAt: null,
  })
  writing.run(
    'UPDATE "Classifier" SET "lastNumber" = MAX("lastNumber", ?) WHERE "id" = ?',
    Number(manifest.version.slice(1)),
    manifest.classifier,
  )
}

/**
 * A shipped version with a new bundle in a newer Darkroom: the row takes the bundle's values, its id and
 * history stay.
 */
export function rewriteVersion(writing: TransactionScope, id: string, bundle: ProvenBundle): void {
  const columns = Object.entries(versionColumns(bundle))
  writing.run(
    `UPDATE "Version" SET ${columns.map(([name]) => `"${name}" = ?`).join(', ')} WHERE "id" = ?`,
    ...columns.map(([, value]) => value),
    id,
  )
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

type RowContext = {
  readonly settings: Pick<DataSettings, 'dataDir' | 'modelsDir'>
  readonly connection: Pick<Connection, 'all'>
}

/** The name that a class of this version has today. */
export const classNamesOf = (
  connection: Pick<Connection, 'all'>,
  { classifierId, isShipped, createdAt }: Pick<VersionRow, 'classifierId' | 'isShipped' | 'createdAt'>,
): ((name: string) => string) =>
  classNamesIn(connection, classifierId)(isShipped === 1 ? null : new Date(createdAt))

export function versionValue({ settings, connection }: RowContext, row: VersionRow): Version {
  const name = `v${row.number}`
  const { accuracy: value, accuracyLow: low, accuracyHigh: high } = row
  return {
    id: row.id,
    classifierId: row.classifierId,
    number: row.number,
    name,
    folder:
      row.isShipped === 1
        ? path.resolve(settings.modelsDir, row.classifierId, name)
        : path.resolve(settings.dataDir, 'models', row.classifierId, name),
    parent: row.parent,
    runId: row.runId,
    isShipped: row.isShipped === 1,
    recipe: row.recipe,
    engine: wordOrNull(ENGINES, row.engine, 'Version.engine'),
    accuracy: value === null || low === null || high === null ? null : { value, low, high },
    testImages: row.testImages,
    parameters: row.parameters,
    sizeBytes: row.sizeBytes,
    classes: parsed(storedNames, row.classesJson).map(classNamesOf(connection, row)),
    preprocess: parsed(storedPreprocess, row.preprocessJson),
    verdict: parsedOrNull(storedVerdict, row.verdictJson),
    createdAt: new Date(row.createdAt),
    promotedAt: row.promotedAt === null ? null : new Date(row.promotedAt),
  }
}

export type CardRow = VersionRow & { readonly cardJson: string; readonly robustnessJson: string | null }

/** The card as it was sealed, with what was measured since, and with the class names of today. */
export function withCard(context: RowContext, row: CardRow): VersionWithCard {
  const { test, folds, ...card } = parsed(storedCard, row.cardJson)
  const robustness = card.robustness ?? parsedOrNull(storedRobustness, row.robustnessJson)
  const nameOf = classNamesOf(context.connection, row)
  return {
    ...versionValue(context, row),
    card: {
      ...card,
      test: test && figuresWithNames(test, nameOf),
      ...(folds !== undefined && { folds: folds && figuresWithNames(folds, nameOf) }),
      robustness,
    },
  }
}
