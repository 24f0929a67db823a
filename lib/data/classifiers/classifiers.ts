/** Classifiers and their classes, as rows. What a classifier answers with is in promotions.ts. */
import { storedOriginal } from '#lib/contracts/stored-json.ts'
import { DarkroomError } from '#lib/domain/errors.ts'
import { FITS, type Classifier } from '#lib/domain/classifier.ts'
import { AUTO_PROMOTE } from '#lib/domain/gate.ts'
import { trashedUntil } from '#lib/domain/sample-state.ts'
import type { TransactionScope } from '../database/connection.ts'
import type { Classifiers } from '../data.ts'
import { readSetting } from '../administration/settings-store.ts'
import { conflict, inTrash, notFound, parsedOrNull, wordOf } from '../store.ts'
import type { Store } from '../store.ts'
import type { NewClassifier, Original } from '../values.ts'

/** For those made by people; a shipped one names its own. */
const DEFAULT_RECIPE = 'scratch-small'
/** Of the shipped ones: users without an image can draw one for it. */
const FIRST_SHIPPED = 'shapes'
/**
 * A user's own classifiers before shipped ones. The oldest stays first, so that a script that names none
 * keeps using the same one.
 */
const IN_ORDER = `"isShipped", "isShipped" AND "id" <> '${FIRST_SHIPPED}', "createdAt", "id"`
const ANSWERS = '"id" IN (SELECT "classifierId" FROM "Promotion")'

/** Predictions that name no classifier would read it again for each image: 8 % of a busy process. */
const CHOSEN_FOR_MS = 100

type Row = {
  id: string
  title: string
  size: number
  channels: number
  fit: string
  isMirrorable: number
  hasDigits: number
  recipe: string
  isShipped: number
  originalJson: string | null
  autoPromote: string | null
  createdAt: number
  trashedAt: number | null
}

export function classifiersOf({ connection, prisma, now, settings }: Store): Classifiers {
  const classesOf = (id: string): string[] =>
    connection
      .all<{ name: string }>('SELECT "name" FROM "Class" WHERE "classifierId" = ? ORDER BY "position"', id)
      .map((row) => row.name)
  const valueOf = (row: Row): Classifier => ({
    id: row.id,
    title: row.title,
    classes: classesOf(row.id),
    input: {
      size: row.size,
      channels: row.channels === 1 ? 1 : 3,
      fit: wordOf(FITS, row.fit, 'Classifier.fit'),
    },
    isMirrorable: row.isMirrorable === 1,
    hasDigits: row.hasDigits === 1,
    recipe: row.recipe,
    isShipped: row.isShipped === 1,
    autoPromote: AUTO_PROMOTE.find((one) => one === row.autoPromote) ?? null,
    createdAt: new Date(row.createdAt),
  })
  const rowOf = (id: string): Row | undefined =>
    connection.one<Row>('SELECT * FROM "Classifier" WHERE "id" = ?', id)
  function current(id: string): Classifier {
    const row = rowOf(id)
    if (!row) throw notFound('classifier', id)
    if (row.trashedAt !== null) throw inTrash('classifier', id, row.trashedAt)
    return valueOf(row)
  }
  const get = async (id: string): Promise<Classifier> => current(id)

  /** For requests that name none. */
  function choose(): Classifier {
    const named = settings.defaultClassifier
    if (named) return current(named)
    const stored = readSetting(connection, 'DEFAULT_CLASSIFIER')
    const preferred = stored === null ? undefined : rowOf(stored) // it may have been deleted since
    if (preferred && preferred.trashedAt === null) return valueOf(preferred)
    const first = connection.one<Row>(
      `SELECT * FROM "Classifier" WHERE "trashedAt" IS NULL ORDER BY NOT (${ANSWERS}), ${IN_ORDER} LIMIT 1`,
    )
    if (!first)
      throw new DarkroomError('not_found', {
        what: 'There is no classifier',
        why: 'none has been created yet',
        remedy: 'Upload labelled images to create one.',
      })
    return valueOf(first)
  }

  /** Read again after each write of this process, and a moment after one of another. */
  let chosen = { classifier: null as Classifier | null, changes: -1, at: -Infinity }
  function usual(): Classifier {
    const [changes, at] = [connection.changes(), performance.now()]
    if (chosen.classifier === null || chosen.changes !== changes || at - chosen.at > CHOSEN_FOR_MS)
      chosen = { classifier: choose(), changes, at }
    return chosen.classifier!
  }

  return {
    get,
    list: async () =>
      connection
        .all<Row>(`SELECT * FROM "Classifier" WHERE "trashedAt" IS NULL ORDER BY ${IN_ORDER}`)
        .map(valueOf),
    find: async (id) => {
      const row = rowOf(id)
      return row && row.trashedAt === null ? valueOf(row) : null
    },
    chosen: async (id) => (id === undefined ? usual() : get(id)),
    async create(draft) {
      await connection.write((writing) => {
        const known = writing.one<{ trashedAt: number | null }>(
          'SELECT "trashedAt" FROM "Classifier" WHERE "id" = ?',
          draft.id,
        )
        if (known && known.trashedAt !== null) throw heldByTrash(draft.id, known.trashedAt)
        if (known)
          throw conflict(
            `The classifier "${draft.id}" cannot be created`,
            'a classifier with this id already exists',
            'Choose another id.',
          )
        insertClassifier(writing, { ...draft, isShipped: false, original: null }, now())
      })
      return get(draft.id)
    },
    async change(id, change) {
      await prisma.classifier.update({ where: { id }, data: change })
    },
    removeIfEmpty: (id) =>
      connection.write((writing) => {
        const has = (table: string, more = ''): string =>
          `EXISTS (SELECT 1 FROM "${table}" WHERE "classifierId" = ?1${more})`
        writing.run(
          `DELETE FROM "Classifier" WHERE "id" = ?1 AND NOT ${has('Sample')} AND NOT ${has('Version')} ` +
            `AND NOT ${has('Run')} AND NOT ${has('Upload', ` AND "state" = 'running'`)}`,
          id,
        )
      }),
    async addClasses(id, names) {
      await connection.write((writing) => {
        if (!writing.one('SELECT 1 FROM "Classifier" WHERE "id" = ?', id)) throw notFound('classifier', id)
        appendClasses(writing, id, names)
      })
      return get(id)
    },
    async originalOf(id) {
      const row = rowOf(id)
      if (!row) throw notFound('classifier', id)
      return parsedOrNull(storedOriginal, row.originalJson)
    },
  }
}

const heldByTrash = (id: string, since: number): DarkroomError =>
  conflict(
    `The classifier "${id}" cannot be created`,
    `a classifier with this id is in the trash until ${trashedUntil(new Date(since)).toISOString().slice(0, 10)}`,
    'Restore it, delete it permanently (/trash), or choose another id.',
  )

export function insertClassifier(
  writing: TransactionScope,
  draft: NewClassifier & { isShipped: boolean; original: Original | null },
  at: Date,
): void {
  writing.insert('Classifier', {
    id: draft.id,
    title: draft.title,
    ...draft.input,
    isMirrorable: draft.isMirrorable,
    hasDigits: draft.hasDigits ?? areDigits(draft.classes),
    recipe: draft.recipe ?? DEFAULT_RECIPE,
    isShipped: draft.isShipped,
    originalJson: draft.original && JSON.stringify(draft.original),
    lastNumber: 0,
    createdAt: at,
  })
  appendClasses(writing, draft.id, draft.classes)
}

export function appendClasses(writing: TransactionScope, id: string, names: readonly string[]): void {
  const known = writing.all<{ name: string; position: number }>(
    'SELECT "name", "position" FROM "Class" WHERE "classifierId" = ?',
    id,
  )
  const there = new Set(known.map((c) => c.name))
  let position = Math.max(-1, ...known.map((c) => c.position))
  for (const name of new Set(names))
    if (!there.has(name)) writing.insert('Class', { classifierId: id, name, position: (position += 1) })
}

/** The order of a network's outputs first, then those that it does not know. */
export function orderClasses(writing: TransactionScope, id: string, first: readonly string[]): void {
  appendClasses(writing, id, first)
  const known = writing
    .all<{ name: string }>('SELECT "name" FROM "Class" WHERE "classifierId" = ? ORDER BY "position"', id)
    .map((c) => c.name)
  const ordered = [...first, ...known.filter((name) => !first.includes(name))]
  ordered.forEach((name, position) =>
    writing.run(
      'UPDATE "Class" SET "position" = ? WHERE "classifierId" = ? AND "name" = ?',
      position,
      id,
      name,
    ),
  )
}

export const areDigits = (classes: readonly string[]): boolean =>
  classes.length > 1 && classes.every((name) => /^[0-9]$/.test(name))
