/** The log of changes to samples: what a person does at once is one change with before and after of each
 *  sample, and can be undone. Which state may follow which is decided in lib/domain/sample-state.ts. */
import { changeKind, differingFields, edited, trashedUntil, undone } from '#lib/domain/sample-state.ts'
import type { SampleEdit, SampleField, SampleState } from '#lib/domain/sample-state.ts'
import type { Split } from '#lib/domain/classifier.ts'
import { DarkroomError } from '#lib/domain/errors.ts'
import { Prisma } from './generated/client.ts'
import { unknownClass } from './samples.ts'
import { conflict, notFound } from './store.ts'
import type { Store } from './store.ts'
import { recordOfTrash, settleTrash, WITH_COUNT } from './trash-rows.ts'
import type { Transaction } from './trash-rows.ts'
import type {
  ChangeOutcome,
  SampleChangeEntry,
  SampleChangeRecord,
  SampleChanges,
  SampleSelection,
  TrashKind,
  TrashRecord,
} from './undoing.ts'

/** Conflicts that an answer names; all are counted. */
const MOST_CONFLICTS = 100
/** A bulk change of a whole large set: 60,000 samples take about 2 s. */
const TRANSACTION = { timeout: 60_000 } as const

type Row = {
  id: string
  classifierId: string
  hash: string
  filename: string | null
  label: string | null
  split: string | null
  excludedAt: Date | null
  trashedAt: Date | null
  trashId: string | null
}
export type Step = { readonly row: Row; readonly after: SampleState }

const COLUMNS = Prisma.sql`s."id", s."classifierId", s."hash", s."filename", s."label", s."split",
  s."excludedAt", s."trashedAt", s."trashId"`

export function sampleChangesOf(store: Store): SampleChanges {
  const { prisma } = store
  const get = async (id: string): Promise<SampleChangeRecord> => {
    const row = await prisma.sampleChange.findUnique({ where: { id } })
    if (!row) throw notFound('change', id)
    return recordOf(row)
  }
  return {
    get,
    change: (selection, edit, by) =>
      prisma.$transaction(async (tx) => {
        const rows = await selected(tx, selection)
        const at = store.now()
        const { steps, unchanged } = planned(rows, edit, at)
        const first = steps[0]
        if (!first) return { change: null, changed: 0, unchanged, trash: null }
        if (typeof edit.label === 'string') await refuseUnknownClass(tx, first.row.classifierId, edit.label)
        return { ...(await applySteps(store, tx, { steps, kind: changeKind(edit), by, at })), unchanged }
      }, TRANSACTION),
    undo: (id, { by, skipConflicts }) =>
      prisma.$transaction(async (tx) => {
        const change = await tx.sampleChange.findUnique({ where: { id } })
        if (!change) throw notFound('change', id)
        if (change.undoneById !== null)
          throw conflict(
            'This change was not undone',
            'it has already been undone',
            'To reapply it, undo the undo.',
          )
        const { steps, conflicts } = await steppedBack(tx, id)
        if (conflicts.length > 0 && !skipConflicts) throw changedSince(conflicts, change.count)
        if (steps.length === 0)
          throw conflict(
            'This change was not undone',
            conflicts.length > 0
              ? 'all its samples have been changed since'
              : 'its samples were deleted permanently',
            'There is nothing left to undo.',
          )
        const outcome = await applySteps(store, tx, {
          steps,
          kind: 'undo',
          by,
          at: store.now(),
          undoesId: id,
        })
        await tx.sampleChange.update({ where: { id }, data: { undoneById: outcome.change?.id ?? null } })
        if (change.undoesId !== null)
          await tx.sampleChange.updateMany({ where: { id: change.undoesId }, data: { undoneById: null } })
        return { ...outcome, unchanged: 0, skipped: conflicts.length }
      }, TRANSACTION),
    async entriesOf(id, limit) {
      await get(id)
      const rows = await prisma.sampleChangeEntry.findMany({
        where: { changeId: id },
        orderBy: { sampleId: 'asc' },
        take: limit,
      })
      return rows.map(entryOf)
    },
    async list({ classifierId, cursor, limit }) {
      const rows = await prisma.sampleChange.findMany({
        where: { classifierId, ...(cursor !== undefined && { id: { lt: cursor } }) },
        orderBy: { id: 'desc' },
        take: limit,
      })
      return rows.map(recordOf)
    },
  }
}

async function selected(tx: Transaction, selection: SampleSelection): Promise<readonly Row[]> {
  if (selection.kind === 'filter') {
    const { classifierId, label, split, source, uploadId, isExcluded } = selection
    const conditions = [
      Prisma.sql`s."classifierId" = ${classifierId}`,
      Prisma.sql`s."trashedAt" IS NULL`,
      ...(label === undefined ? [] : [Prisma.sql`s."label" = ${label}`]),
      ...(split === undefined ? [] : [Prisma.sql`s."split" = ${split}`]),
      ...(source === undefined ? [] : [Prisma.sql`s."source" = ${source}`]),
      ...(uploadId === undefined ? [] : [Prisma.sql`s."uploadId" = ${uploadId}`]),
      ...(isExcluded === undefined
        ? []
        : [isExcluded ? Prisma.sql`s."excludedAt" IS NOT NULL` : Prisma.sql`s."excludedAt" IS NULL`]),
    ]
    return tx.$queryRaw<
      Row[]
    >`SELECT ${COLUMNS} FROM "Sample" s WHERE ${Prisma.join(conditions, ' AND ')} ORDER BY s."id"`
  }
  const ids = [...new Set(selection.ids)]
  const rows = await tx.$queryRaw<Row[]>`SELECT ${COLUMNS} FROM "Sample" s
    WHERE s."id" IN (SELECT "value" FROM json_each(${JSON.stringify(ids)})) ORDER BY s."id"`
  const found = new Set(rows.map(({ id }) => id))
  const missing = ids.find((id) => !found.has(id))
  if (missing !== undefined) throw notFound('sample', missing)
  const [first] = rows
  const other = rows.find(({ classifierId }) => classifierId !== first?.classifierId)
  if (first && other)
    throw new DarkroomError('invalid_input', {
      what: 'Nothing was changed',
      why: `the samples belong to several classifiers: "${first.classifierId}" and "${other.classifierId}"`,
      remedy: 'Send one request for each classifier.',
    })
  return rows
}

const stateOf = ({
  label,
  split,
  excludedAt,
  trashedAt,
}: {
  label: string | null
  split: string | null
  excludedAt: Date | null
  trashedAt: Date | null
}): SampleState => ({ label, split: split as Split | null, excludedAt, trashedAt })

function planned(
  rows: readonly Row[],
  edit: SampleEdit,
  at: Date,
): { readonly steps: readonly Step[]; readonly unchanged: number } {
  const steps: Step[] = []
  let unchanged = 0
  for (const row of rows) {
    const result = edited(stateOf(row), edit, { hash: row.hash, at })
    if (result.kind === 'refused') throw refusal(row, result.why)
    if (result.kind === 'same') unchanged += 1
    else steps.push({ row, after: result.state })
  }
  return { steps, unchanged }
}

const refusal = ({ id, filename }: Row, why: 'in the trash' | 'without a label'): DarkroomError =>
  conflict(
    'Nothing was changed',
    `the image ${filename ?? id} is ${why}`,
    why === 'in the trash' ? 'Restore it from the trash first.' : 'Label it first.',
  )

async function refuseUnknownClass(tx: Transaction, classifierId: string, label: string): Promise<void> {
  const classes = (
    await tx.class.findMany({ where: { classifierId }, orderBy: { position: 'asc' }, select: { name: true } })
  ).map(({ name }) => name)
  if (!classes.includes(label)) throw unknownClass(classifierId, label, classes)
}

type Conflict = {
  readonly sampleId: string
  readonly filename: string | null
  readonly fields: readonly SampleField[]
}
type EntryRow = Prisma.SampleChangeEntryGetPayload<{ include: { sample: true } }>

async function steppedBack(
  tx: Transaction,
  changeId: string,
): Promise<{ readonly steps: readonly Step[]; readonly conflicts: readonly Conflict[] }> {
  const entries: readonly EntryRow[] = await tx.sampleChangeEntry.findMany({
    where: { changeId },
    include: { sample: true },
    orderBy: { sampleId: 'asc' },
  })
  const steps: Step[] = []
  const conflicts: Conflict[] = []
  for (const { sample, ...entry } of entries) {
    const { before, after } = entryOf(entry)
    const back = undone(stateOf(sample), { before: stateOf(before), after: stateOf(after) })
    if (back.kind === 'undone') steps.push({ row: sample, after: back.state })
    else conflicts.push({ sampleId: sample.id, filename: sample.filename, fields: back.fields })
  }
  return { steps, conflicts }
}

const changedSince = (conflicts: readonly Conflict[], of: number): DarkroomError =>
  new DarkroomError(
    'conflict',
    {
      what: 'This change was not undone',
      why: `${conflicts.length} of its ${of} images ${conflicts.length === 1 ? 'has' : 'have'} been changed since`,
      remedy: 'Undo the later change first, or send skip_conflicts=true to undo the others.',
    },
    {
      members: {
        conflicts_total: conflicts.length,
        conflicts: conflicts
          .slice(0, MOST_CONFLICTS)
          .map(({ sampleId, filename, fields }) => ({ sample_id: sampleId, filename, fields })),
      },
    },
  )

export type Applying = {
  readonly steps: readonly Step[]
  readonly kind: SampleChangeRecord['kind']
  readonly by: string
  readonly at: Date
  readonly undoesId?: string
  /** What the trash shows for those that go there; by default the images themselves. */
  readonly trash?: { readonly kind: TrashKind; readonly title: string; readonly uploadId: string | null }
}

/** Writes one change with its entries, moves the samples, and keeps the trash in step. */
export async function applySteps(
  store: Store,
  tx: Transaction,
  applying: Applying,
): Promise<Omit<ChangeOutcome, 'unchanged'>> {
  const { steps, kind, by, at, undoesId } = applying
  const classifierId = steps[0]!.row.classifierId
  await ensureClasses(tx, classifierId, steps)
  const change = await tx.sampleChange.create({
    data: { id: store.id(), classifierId, kind, by, at, count: steps.length, undoesId: undoesId ?? null },
  })
  await insertEntries(tx, change.id, steps)
  const goes = steps.filter(({ row, after }) => row.trashedAt === null && after.trashedAt !== null)
  const trash =
    goes.length === 0 && !applying.trash
      ? null
      : await newTrash(store, tx, { ...applying, classifierId, goes })
  await moveSamples(tx, { changeId: change.id, trashId: trash?.id ?? null, at })
  const left = new Set(
    steps.flatMap(({ row, after }) =>
      after.trashedAt === null && row.trashId !== null ? [row.trashId] : [],
    ),
  )
  await settleTrash(tx, [...left])
  return {
    change: recordOf(change),
    changed: steps.length,
    trash: trash && { ...trash, samples: goes.length },
  }
}

async function insertEntries(tx: Transaction, changeId: string, steps: readonly Step[]): Promise<void> {
  const rows = JSON.stringify(
    steps.map(({ row, after }) => [
      row.id,
      row.label,
      after.label,
      row.split,
      after.split,
      row.excludedAt?.getTime() ?? null,
      after.excludedAt?.getTime() ?? null,
      row.trashedAt?.getTime() ?? null,
      after.trashedAt?.getTime() ?? null,
    ]),
  )
  await tx.$executeRaw`INSERT INTO "SampleChangeEntry" ("changeId", "sampleId", "labelBefore", "labelAfter",
      "splitBefore", "splitAfter", "excludedBefore", "excludedAfter", "trashedBefore", "trashedAfter")
    SELECT ${changeId}, "value" ->> 0, "value" ->> 1, "value" ->> 2, "value" ->> 3, "value" ->> 4,
      "value" ->> 5, "value" ->> 6, "value" ->> 7, "value" ->> 8
    FROM json_each(${rows})`
}

/** All rows of a change in one statement: 500 take a few milliseconds. */
async function moveSamples(
  tx: Transaction,
  {
    changeId,
    trashId,
    at,
  }: { readonly changeId: string; readonly trashId: string | null; readonly at: Date },
): Promise<void> {
  await tx.$executeRaw`UPDATE "Sample" SET
      "label" = e."labelAfter", "split" = e."splitAfter",
      "excludedAt" = e."excludedAfter", "trashedAt" = e."trashedAfter",
      "labelledAt" = CASE WHEN e."labelAfter" IS NOT e."labelBefore" THEN ${at.getTime()} ELSE "labelledAt" END,
      "trashId" = CASE WHEN e."trashedAfter" IS NULL THEN NULL
        WHEN e."trashedBefore" IS NULL THEN ${trashId} ELSE "trashId" END
    FROM "SampleChangeEntry" e WHERE e."changeId" = ${changeId} AND e."sampleId" = "Sample"."id"`
}

async function newTrash(
  store: Store,
  tx: Transaction,
  {
    classifierId,
    goes,
    by,
    at,
    trash,
  }: Applying & { readonly classifierId: string; readonly goes: readonly Step[] },
): Promise<TrashRecord> {
  const [first] = goes
  const title =
    goes.length === 1 && first ? (first.row.filename ?? first.row.label ?? 'image') : `${goes.length} images`
  const named = trash ?? { kind: 'samples' as const, title, uploadId: null }
  const row = await tx.trashEntry.create({
    data: { id: store.id(), ...named, classifierId, by, at, until: trashedUntil(at) },
    include: WITH_COUNT,
  })
  return recordOfTrash(row)
}

/** A label that comes back may be of a class that left meanwhile. */
async function ensureClasses(tx: Transaction, classifierId: string, steps: readonly Step[]): Promise<void> {
  const labels = new Set(
    steps.flatMap(({ after }) => (after.label !== null && after.trashedAt === null ? [after.label] : [])),
  )
  const known = await tx.class.findMany({ where: { classifierId } })
  const missing = [...labels].filter((label) => !known.some(({ name }) => name === label))
  const last = Math.max(-1, ...known.map(({ position }) => position))
  if (missing.length > 0)
    await tx.class.createMany({
      data: missing.map((name, i) => ({ classifierId, name, position: last + 1 + i })),
    })
}

function entryOf(row: Omit<EntryRow, 'sample'>): SampleChangeEntry {
  const before = {
    label: row.labelBefore,
    split: row.splitBefore,
    excludedAt: row.excludedBefore,
    trashedAt: row.trashedBefore,
  }
  const after = {
    label: row.labelAfter,
    split: row.splitAfter,
    excludedAt: row.excludedAfter,
    trashedAt: row.trashedAfter,
  }
  return { sampleId: row.sampleId, fields: differingFields(stateOf(before), stateOf(after)), before, after }
}

const recordOf = (row: {
  id: string
  classifierId: string
  kind: string
  by: string
  at: Date
  count: number
  undoesId: string | null
  undoneById: string | null
}): SampleChangeRecord => ({ ...row, kind: row.kind as SampleChangeRecord['kind'] })
