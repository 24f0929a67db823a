/** One change of a class inside a transaction, and its opposite: what the log of changes stores about classes, and how
 *  it is undone. Which changes are allowed is decided in classes.ts and lib/ingest/edit-classes.ts. */
import { DarkroomError } from '#lib/domain/errors.ts'
import { CLASS_EDITS } from '#lib/domain/sample-state.ts'
import { ACTIVE_STATES } from '../runs/runs.ts'
import { conflict, wordOrNull } from '../store.ts'
import type { Transaction } from '../trash/trash-rows.ts'
import { areDigits } from './classifiers.ts'
import type { ClassEdit } from '../samples/undo-types.ts'

/** Of a name of at most 200 characters, so that a number fits. */
const LONGEST_SET_ASIDE = 190

export type ClassColumns = {
  readonly classEdit: string | null
  readonly className: string | null
  readonly classTo: string | null
  readonly classPosition: number | null
}

export function classEditOf(row: ClassColumns): ClassEdit | null {
  const edit = wordOrNull(CLASS_EDITS, row.classEdit, 'SampleChange.classEdit')
  if (edit === null || row.className === null) return null
  return { edit, name: row.className, other: row.classTo, position: row.classPosition }
}

export const columnsOf = ({ edit, name, other, position }: ClassEdit): ClassColumns => ({
  classEdit: edit,
  className: name,
  classTo: other,
  classPosition: position,
})

/** What undoes it. */
export function inverseOf(classEdit: ClassEdit | null): ClassEdit | null {
  switch (classEdit?.edit) {
    case undefined:
      return null
    case 'renamed':
      return { ...classEdit!, name: classEdit!.other ?? classEdit!.name, other: classEdit!.name }
    case 'removed':
      return { ...classEdit!, edit: 'added' }
    case 'added':
      return { ...classEdit!, edit: 'removed' }
  }
}

/** Adds the class before its images return to it, or removes it after they have left; a class that still has images, or
 *  exists again, stays. */
export async function applyClassEdit(
  tx: Transaction,
  {
    classifierId,
    classEdit: { edit, name, other, position },
    at,
  }: { readonly classifierId: string; readonly classEdit: ClassEdit; readonly at: Date },
): Promise<void> {
  switch (edit) {
    case 'renamed':
      return renameIn(tx, { classifierId, from: name, to: other ?? name, at })
    case 'added':
      return addIn(tx, { classifierId, name, position })
    case 'removed': {
      const image = await tx.sample.findFirst({ where: { classifierId, label: name, trashedAt: null } })
      if (!image) await tx.class.deleteMany({ where: { classifierId, name } })
    }
  }
}

async function addIn(
  tx: Transaction,
  { classifierId, name, position }: { classifierId: string; name: string; position: number | null },
): Promise<void> {
  const classes = await tx.class.findMany({ where: { classifierId } })
  if (classes.some((one) => one.name === name)) return
  const isFree = position !== null && classes.every((one) => one.position !== position)
  const last = Math.max(-1, ...classes.map((one) => one.position))
  await tx.class.create({ data: { classifierId, name, position: isFree ? position : last + 1 } })
}

type ClassRenaming = {
  readonly classifierId: string
  readonly from: string
  readonly to: string
  readonly at: Date
}

async function renameIn(tx: Transaction, { classifierId, from, to, at }: ClassRenaming): Promise<void> {
  const names = await namesOf(tx, classifierId)
  if (!names.includes(from))
    throw conflict(
      'The class was not renamed',
      `there is no class "${from}": it was renamed, merged or removed`,
      'Undo the later change first.',
    )
  if (names.includes(to)) throw exists(to)
  await setAside(tx, { classifierId, name: to, names, at })
  await tx.class.update({ where: { classifierId_name: { classifierId, name: from } }, data: { name: to } })
  await renameMentions(tx, { classifierId, from, to, at })
  // the checkpoint of a run contains the names of its start
  await tx.run.updateMany({ where: { classifierId, canResume: true }, data: { canResume: false } })
  const hasDigits = areDigits(names.map((name) => (name === from ? to : name)))
  await tx.classifier.update({ where: { id: classifierId }, data: { hasDigits } })
}

/** A removed class had the name that another one gets: its images in the trash, its changes and the versions that
 *  know it must not be taken for those of the other. */
async function setAside(
  tx: Transaction,
  {
    classifierId,
    name,
    names,
    at,
  }: {
    readonly classifierId: string
    readonly name: string
    readonly names: readonly string[]
    readonly at: Date
  },
): Promise<void> {
  if (!(await isMentioned(tx, classifierId, name))) return
  for (let number = 2; ; number++) {
    const free = `${name.slice(0, LONGEST_SET_ASIDE)} (${number})`
    if (names.includes(free) || (await isMentioned(tx, classifierId, free))) continue
    return renameMentions(tx, { classifierId, from: name, to: free, at })
  }
}

async function isMentioned(tx: Transaction, classifierId: string, name: string): Promise<boolean> {
  const found =
    (await tx.sample.findFirst({ where: { classifierId, label: name }, select: { id: true } })) ??
    (await tx.sampleChange.findFirst({
      where: {
        classifierId,
        classEdit: { in: ['removed', 'added'] },
        OR: [{ className: name }, { classTo: name }],
      },
      select: { id: true },
    })) ??
    (await tx.sampleChangeEntry.findFirst({
      where: { change: { classifierId }, OR: [{ labelBefore: name }, { labelAfter: name }] },
      select: { sampleId: true },
    }))
  return found !== null
}

/** In images, the log of changes, versions and snapshots. */
async function renameMentions(tx: Transaction, { classifierId, from, to, at }: ClassRenaming): Promise<void> {
  await tx.sample.updateMany({ where: { classifierId, label: from }, data: { label: to } })
  await renameInLog(tx, { classifierId, from, to })
  await tx.classRename.create({ data: { classifierId, from, to, at } })
}

/** Where a later rename has left the name to another class, that class is not the one to rename back. */
export async function refuseForOtherClass(
  tx: Transaction,
  { id, classifierId }: { readonly id: string; readonly classifierId: string },
  name: string,
): Promise<void> {
  if (!(await namesOf(tx, classifierId)).includes(name)) return
  const later = await tx.sampleChange.findFirst({
    where: { classifierId, id: { gt: id }, classEdit: 'renamed', className: name, undoneById: null },
  })
  if (!later) return
  throw conflict(
    'The class was not renamed',
    `it was renamed again, and the class that is called "${name}" now is another one`,
    'Undo the later change first.',
  )
}

/** Earlier changes can still be undone: they name the class as it is called now. Earlier renames keep their names. */
async function renameInLog(
  tx: Transaction,
  { classifierId, from, to }: Omit<ClassRenaming, 'at'>,
): Promise<void> {
  const change = { classifierId }
  await tx.sampleChangeEntry.updateMany({ where: { change, labelBefore: from }, data: { labelBefore: to } })
  await tx.sampleChangeEntry.updateMany({ where: { change, labelAfter: from }, data: { labelAfter: to } })
  const ofImages = { classifierId, classEdit: { in: ['removed', 'added'] } }
  await tx.sampleChange.updateMany({ where: { ...ofImages, className: from }, data: { className: to } })
  await tx.sampleChange.updateMany({ where: { ...ofImages, classTo: from }, data: { classTo: to } })
}

export async function namesOf(tx: Transaction, classifierId: string): Promise<readonly string[]> {
  const rows = await tx.class.findMany({ where: { classifierId }, orderBy: { position: 'asc' } })
  return rows.map(({ name }) => name)
}

export async function refuseWhileBusy(tx: Transaction, classifierId: string, what: string): Promise<void> {
  const run = await tx.run.findFirst({ where: { classifierId, state: { in: [...ACTIVE_STATES] } } })
  if (run)
    throw new DarkroomError(
      'already_running',
      {
        what,
        why: 'a training run of this classifier is in progress',
        remedy: 'Wait until it has ended, or cancel it.',
      },
      { members: { run_id: run.id } },
    )
  const upload = await tx.upload.findFirst({ where: { classifierId, state: 'running' } })
  if (upload)
    throw conflict(what, 'an upload to this classifier is in progress', 'Try again when it has ended.')
}

export const exists = (name: string): DarkroomError =>
  conflict(
    `The name "${name}" was not used`,
    'the classifier already has a class of this name',
    'Choose another name, or merge the two classes.',
  )
