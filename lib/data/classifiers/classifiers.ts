/** Classifiers and their classes, as rows. What a classifier answers with is in promotions.ts. */
import { storedOriginal } from '#lib/contracts/stored-json.ts'
import { DarkroomError } from '#lib/domain/errors.ts'
import { FITS, type Classifier } from '#lib/domain/classifier.ts'
import { AUTO_PROMOTE } from '#lib/domain/evaluation/gate.ts'
import { trashedUntil } from '#lib/domain/sample-state.ts'
import type { Classifiers } from '../data.ts'
import type { Classifier as Row } from '../generated/client.ts'
import { readSetting } from '../administration/settings-store.ts'
import { conflict, inTrash, notFound, parsedOrNull, wordOf } from '../store.ts'
import type { Store } from '../store.ts'
import type { Transaction } from '../trash/trash-rows.ts'
import type { NewClassifier, Original } from '../values.ts'

/** For those made by people; a shipped one names its own. */
const DEFAULT_RECIPE = 'scratch-small'
/** Predictions that name no classifier would read it again for each image: 8 % of a busy process. */
const CHOSEN_FOR_MS = 100

export function classifiersOf({ database, prisma, statements, now, settings }: Store): Classifiers {
  const rows = statements.classifiers
  const valueOf = async (row: Row): Promise<Classifier> => classifierValue(row, await rows.classNames(row.id))
  async function get(id: string): Promise<Classifier> {
    const row = await rows.row(id)
    if (!row) throw notFound('classifier', id)
    if (row.trashedAt !== null) throw inTrash('classifier', id, row.trashedAt)
    return valueOf(row)
  }
  async function find(id: string): Promise<Classifier | null> {
    const row = await rows.row(id)
    return row && row.trashedAt === null ? valueOf(row) : null
  }

  /** For requests that name none. */
  async function choose(): Promise<Classifier> {
    const named = settings.defaultClassifier
    if (named) return get(named)
    const stored = await readSetting(statements, 'DEFAULT_CLASSIFIER')
    const preferred = stored === null ? null : await find(stored) // it may have been deleted since
    if (preferred) return preferred
    const first = await rows.first()
    if (!first)
      throw new DarkroomError('not_found', {
        what: 'There is no classifier',
        why: 'none has been created yet',
        remedy: 'Upload labelled images to create one.',
      })
    return valueOf(first)
  }

  /** Read again after each write of this process, and a moment after one of another. */
  let chosen = { classifier: null as Promise<Classifier> | null, changes: -1, at: -Infinity }
  function usual(): Promise<Classifier> {
    const [changes, at] = [database.changes(), performance.now()]
    if (chosen.classifier === null || chosen.changes !== changes || at - chosen.at > CHOSEN_FOR_MS)
      chosen = { classifier: choose(), changes, at }
    return chosen.classifier!
  }

  return {
    get,
    find,
    list: async () => Promise.all((await rows.rows()).map(valueOf)),
    chosen: (id) => (id === undefined ? usual() : get(id)),
    async create(draft) {
      await prisma.$transaction(async (tx) => {
        const known = await tx.classifier.findUnique({ where: { id: draft.id } })
        if (known?.trashedAt) throw heldByTrash(draft.id, known.trashedAt)
        if (known)
          throw conflict(
            `The classifier "${draft.id}" cannot be created`,
            'a classifier with this id already exists',
            'Choose another id.',
          )
        await createClassifier(tx, { ...draft, isShipped: false, original: null }, now())
      })
      return get(draft.id)
    },
    async change(id, change) {
      await prisma.classifier.update({ where: { id }, data: change })
    },
    removeIfEmpty: (id) =>
      prisma.$transaction(async (tx) => {
        const ofIt = { where: { classifierId: id }, select: { id: true } } as const
        const used =
          (await tx.sample.findFirst(ofIt)) ??
          (await tx.version.findFirst(ofIt)) ??
          (await tx.run.findFirst(ofIt)) ??
          (await tx.upload.findFirst({ where: { classifierId: id, state: 'running' } }))
        if (!used) await tx.classifier.deleteMany({ where: { id } })
      }),
    async addClasses(id, names) {
      await prisma.$transaction(async (tx) => {
        if (!(await tx.classifier.findUnique({ where: { id }, select: { id: true } })))
          throw notFound('classifier', id)
        await appendClasses(tx, id, names)
      })
      return get(id)
    },
    async originalOf(id) {
      const row = await rows.row(id)
      if (!row) throw notFound('classifier', id)
      return parsedOrNull(storedOriginal, row.originalJson)
    },
  }
}

const classifierValue = (row: Row, classes: readonly string[]): Classifier => ({
  id: row.id,
  title: row.title,
  classes,
  input: {
    size: row.size,
    channels: row.channels === 1 ? 1 : 3,
    fit: wordOf(FITS, row.fit, 'Classifier.fit'),
  },
  isMirrorable: row.isMirrorable,
  hasDigits: row.hasDigits,
  recipe: row.recipe,
  isShipped: row.isShipped,
  autoPromote: AUTO_PROMOTE.find((one) => one === row.autoPromote) ?? null,
  createdAt: row.createdAt,
})

const heldByTrash = (id: string, since: Date): DarkroomError =>
  conflict(
    `The classifier "${id}" cannot be created`,
    `a classifier with this id is in the trash until ${trashedUntil(since).toISOString().slice(0, 10)}`,
    'Restore it, delete it permanently (/trash), or choose another id.',
  )

export async function createClassifier(
  tx: Transaction,
  draft: NewClassifier & { isShipped: boolean; original: Original | null },
  at: Date,
): Promise<void> {
  await tx.classifier.create({
    data: {
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
    },
  })
  await appendClasses(tx, draft.id, draft.classes)
}

/** Those that it does not have yet, after the others. */
export async function appendClasses(
  tx: Transaction,
  classifierId: string,
  names: readonly string[],
): Promise<void> {
  const known = await tx.class.findMany({ where: { classifierId } })
  const there = new Set(known.map(({ name }) => name))
  const next = Math.max(-1, ...known.map(({ position }) => position)) + 1
  const missing = [...new Set(names)].filter((name) => !there.has(name))
  if (missing.length > 0)
    await tx.class.createMany({
      data: missing.map((name, i) => ({ classifierId, name, position: next + i })),
    })
}

/** The order of a network's outputs first, then those that it does not know. */
export async function orderClasses(
  tx: Transaction,
  classifierId: string,
  first: readonly string[],
): Promise<void> {
  await appendClasses(tx, classifierId, first)
  const known = await tx.class.findMany({ where: { classifierId }, orderBy: { position: 'asc' } })
  const others = known.filter(({ name }) => !first.includes(name))
  const ordered = [...first, ...others.map(({ name }) => name)]
  for (const { name, position: before } of known) {
    const position = ordered.indexOf(name)
    if (position !== before)
      await tx.class.update({ where: { classifierId_name: { classifierId, name } }, data: { position } })
  }
}

export const areDigits = (classes: readonly string[]): boolean =>
  classes.length > 1 && classes.every((name) => /^[0-9]$/.test(name))
