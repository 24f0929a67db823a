/**
 * The log of changes to samples: one user action is one change with the state before and after of each
 * sample, and can be undone. lib/domain/sample-state.ts decides which state may follow which.
 */
import { SPLITS } from '#lib/domain/classifier.ts'
import { DarkroomError } from '#lib/domain/errors.ts'
import {
  changeKind,
  differingFields,
  edited,
  undone,
  type SampleEdit,
  type SampleField,
  type SampleState,
} from '#lib/domain/sample-state.ts'
import { applySteps, recordOf, type Row, type Step } from './apply-sample-changes.ts'
import { classEditOf, inverseOf, refuseForOtherClass, refuseWhileBusy } from '../classifiers/class-steps.ts'
import type { Prisma } from '../generated/client.ts'
import { unknownClass } from './samples.ts'
import { conflict, notFound, wordOrNull, type Store } from '../store.ts'
import type { Transaction } from '../trash/trash-rows.ts'
import type { SampleChangeEntry, SampleChangeRecord, SampleChanges, SampleSelection } from './undo-types.ts'

/** Conflicts that an answer names; all are counted. */
const MOST_CONFLICTS = 100

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
        const rows = await selected(store, tx, selection)
        const at = store.now()
        const { steps, unchanged } = planned(rows, edit, at)
        const first = steps[0]
        if (!first) return { change: null, changed: 0, unchanged, trash: null }
        if (typeof edit.label === 'string') await refuseUnknownClass(tx, first.row.classifierId, edit.label)
        const { classifierId } = first.row
        const batch = { classifierId, steps, kind: changeKind(edit), by, at }
        return { ...(await applySteps(store, tx, batch)), unchanged }
      }),
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
        const classEdit = inverseOf(classEditOf(change))
        if (classEdit) await refuseWhileBusy(tx, change.classifierId, 'This change was not undone')
        if (classEdit?.edit === 'renamed') await refuseForOtherClass(tx, change, classEdit.name)
        const { steps, conflicts } = await steppedBack(tx, id)
        if (conflicts.length > 0 && !skipConflicts) throw changedSince(conflicts, change.count)
        if (steps.length === 0 && (!classEdit || conflicts.length > 0))
          throw conflict(
            'This change was not undone',
            conflicts.length > 0
              ? 'all its samples have been changed since'
              : 'its samples were deleted permanently',
            'There is nothing left to undo.',
          )
        const outcome = await applySteps(store, tx, {
          classifierId: change.classifierId,
          classEdit,
          steps,
          kind: 'undo',
          by,
          at: store.now(),
          undoesId: id,
        })
        await tx.sampleChange.update({ where: { id }, data: { undoneById: outcome.change.id } })
        if (change.undoesId !== null)
          await tx.sampleChange.updateMany({ where: { id: change.undoesId }, data: { undoneById: null } })
        return { ...outcome, unchanged: 0, skipped: conflicts.length }
      }),
    async decided(ids, by) {
      const rows = await prisma.sampleChangeEntry.findMany({
        where: { sampleId: { in: [...ids] }, change: { by: { not: by } } },
        select: { sampleId: true },
        distinct: ['sampleId'],
      })
      return new Set(rows.map(({ sampleId }) => sampleId))
    },
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

export async function selected(
  { statements }: Store,
  tx: Transaction,
  selection: SampleSelection,
): Promise<readonly Row[]> {
  if (selection.kind === 'filter') return statements.lists.samplesMatching(tx, selection)
  const ids = [...new Set(selection.ids)]
  const rows = await tx.sample.findMany({ where: { id: { in: ids } }, orderBy: { id: 'asc' } })
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
  isSplitGiven,
  excludedAt,
  trashedAt,
}: Pick<Row, 'label' | 'split' | 'isSplitGiven' | 'excludedAt' | 'trashedAt'>): SampleState => ({
  label,
  split: wordOrNull(SPLITS, split, 'Sample.split'),
  isSplitGiven: Boolean(isSplitGiven),
  excludedAt,
  trashedAt,
})

export function planned(
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

function entryOf(row: Omit<EntryRow, 'sample'>): SampleChangeEntry {
  const before = {
    label: row.labelBefore,
    split: row.splitBefore,
    isSplitGiven: row.splitGivenBefore,
    excludedAt: row.excludedBefore,
    trashedAt: row.trashedBefore,
  }
  const after = {
    label: row.labelAfter,
    split: row.splitAfter,
    isSplitGiven: row.splitGivenAfter,
    excludedAt: row.excludedAfter,
    trashedAt: row.trashedAfter,
  }
  return { sampleId: row.sampleId, fields: differingFields(stateOf(before), stateOf(after)), before, after }
}
