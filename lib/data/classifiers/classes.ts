/** Changes of the classes of a classifier: added, renamed, merged, removed. All but the first are in the log of
 *  changes, so that they can be undone; which changes make sense is decided in lib/ingest/edit-classes.ts. */
import { applySteps } from '../samples/apply-sample-changes.ts'
import { planned, selected } from '../samples/sample-changes.ts'
import { notFound, type Store } from '../store.ts'
import type { ClassEdit } from '../samples/undo-types.ts'
import type { Classes } from './class-types.ts'
import { exists, namesOf, refuseWhileBusy } from './class-steps.ts'

export function classesOf(store: Store): Classes {
  const { prisma, statements, now } = store
  return {
    add: (classifierId, name) =>
      prisma.$transaction(async (tx) => {
        const names = await namesOf(tx, classifierId)
        if (names.includes(name)) throw exists(name)
        const last = await tx.class.aggregate({ where: { classifierId }, _max: { position: true } })
        await tx.class.create({ data: { classifierId, name, position: (last._max.position ?? -1) + 1 } })
      }),
    rename: (classifierId, { from, to, by }) =>
      prisma.$transaction(async (tx) => {
        if (!(await namesOf(tx, classifierId)).includes(from)) throw notFound('class', from)
        await refuseWhileBusy(tx, classifierId, 'The class was not renamed')
        const images = await tx.sample.count({ where: { classifierId, label: from, trashedAt: null } })
        const { change } = await applySteps(store, tx, {
          classifierId,
          steps: [],
          kind: 'rename_class',
          classEdit: { edit: 'renamed', name: from, other: to, position: null },
          by,
          at: now(),
        })
        return { changeId: change.id, images }
      }),
    remove: (classifierId, { name, into, by }) =>
      prisma.$transaction(async (tx) => {
        const row = await tx.class.findUnique({ where: { classifierId_name: { classifierId, name } } })
        if (!row) throw notFound('class', name)
        await refuseWhileBusy(
          tx,
          classifierId,
          into === null ? 'The class was not removed' : 'The classes were not merged',
        )
        const at = now()
        const rows = await selected(store, tx, { kind: 'filter', classifierId, label: name })
        const { steps } = planned(rows, into === null ? { isTrashed: true } : { label: into }, at)
        const classEdit: ClassEdit = { edit: 'removed', name, other: into, position: row.position }
        const kind = into === null ? 'remove_class' : 'merge_classes'
        const outcome = await applySteps(store, tx, { classifierId, steps, kind, classEdit, by, at })
        return { changeId: outcome.change.id, images: outcome.changed, trash: outcome.trash }
      }),
    latestRename: statements.classifiers.latestRename,
  }
}
