/** Writes a change of samples, step by step: its entries, the samples themselves, the trash and the classes
 *  that it needs. What may be changed, sample-changes.ts decides. */
import { CHANGE_KINDS, trashedUntil, type SampleState } from '#lib/domain/sample-state.ts'
import { applyClassEdit, classEditOf, columnsOf, type ClassColumns } from '../classifiers/class-steps.ts'
import { appendClasses } from '../classifiers/classifiers.ts'
import { wordOf, type Store } from '../store.ts'
import { recordOfTrash, settleTrash, WITH_COUNT, type Transaction } from '../trash/trash-rows.ts'
import type { ClassEdit, SampleChangeRecord, TrashKind, TrashRecord } from './undo-types.ts'

export type Row = {
  id: string
  classifierId: string
  hash: string
  filename: string | null
  label: string | null
  split: string | null
  /** A number where the row was read by a statement of its own. */
  isSplitGiven: boolean | number
  excludedAt: Date | null
  trashedAt: Date | null
  trashId: string | null
}
export type Step = { readonly row: Row; readonly after: SampleState }

export type ChangeBatch = {
  readonly classifierId: string
  readonly steps: readonly Step[]
  readonly kind: SampleChangeRecord['kind']
  readonly by: string
  readonly at: Date
  readonly undoesId?: string
  /** Renaming changes no samples here: class-steps.ts does. */
  readonly classEdit?: ClassEdit | null
  /** What the trash shows for those that go there; by default the images themselves. */
  readonly trash?: { readonly kind: TrashKind; readonly title: string; readonly uploadId: string | null }
}

/** Writes one change with its entries, moves the samples, and keeps the trash in step. */
export async function applySteps(
  store: Store,
  tx: Transaction,
  applying: ChangeBatch,
): Promise<{
  readonly change: SampleChangeRecord
  readonly changed: number
  readonly trash: TrashRecord | null
}> {
  const { classifierId, steps, kind, by, at, undoesId, classEdit = null } = applying
  if (classEdit && classEdit.edit !== 'removed') await applyClassEdit(tx, { classifierId, classEdit, at })
  await ensureClasses(tx, classifierId, steps)
  const change = await tx.sampleChange.create({
    data: {
      id: store.id(),
      classifierId,
      kind,
      by,
      at,
      count: steps.length,
      undoesId: undoesId ?? null,
      ...(classEdit && columnsOf(classEdit)),
    },
  })
  await store.statements.bulk.insertChangeEntries(tx, change.id, steps)
  const goes = steps.filter(({ row, after }) => row.trashedAt === null && after.trashedAt !== null)
  const trash = goes.length === 0 && !applying.trash ? null : await newTrash(store, tx, { ...applying, goes })
  await store.statements.bulk.applyChangeEntries(tx, { changeId: change.id, trashId: trash?.id ?? null, at })
  if (classEdit?.edit === 'removed') await applyClassEdit(tx, { classifierId, classEdit, at })
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

async function newTrash(
  store: Store,
  tx: Transaction,
  { classifierId, goes, by, at, trash }: ChangeBatch & { readonly goes: readonly Step[] },
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

/** A restored label may belong to a class that was removed meanwhile. */
async function ensureClasses(tx: Transaction, classifierId: string, steps: readonly Step[]): Promise<void> {
  const labels = new Set(
    steps.flatMap(({ after }) => (after.label !== null && after.trashedAt === null ? [after.label] : [])),
  )
  if (labels.size > 0) await appendClasses(tx, classifierId, [...labels])
}

export const recordOf = (
  row: {
    id: string
    classifierId: string
    kind: string
    by: string
    at: Date
    count: number
    undoesId: string | null
    undoneById: string | null
  } & ClassColumns,
): SampleChangeRecord => {
  const { classEdit, className, classTo, classPosition, ...record } = row
  return {
    ...record,
    kind: wordOf([...CHANGE_KINDS, 'undo'], row.kind, 'SampleChange.kind'),
    classEdit: classEditOf({ classEdit, className, classTo, classPosition }),
  }
}
