/** Changes of the classes of a classifier: added, renamed, removed. Images change their class in sample-changes.ts;
 *  which changes make sense is decided in lib/ingest/edit-classes.ts. */
import { DarkroomError } from '#lib/domain/errors.ts'
import { ACTIVE_STATES } from '../runs/runs.ts'
import { conflict, notFound, type Store } from '../store.ts'
import type { Transaction } from '../trash/trash-rows.ts'
import type { Classes } from './class-types.ts'
import { areDigits } from './classifiers.ts'

/** A rename of a whole large set: 60,000 samples take about 2 s. */
const TRANSACTION = { timeout: 60_000 } as const

export function classesOf({ connection, prisma, now }: Store): Classes {
  return {
    add: (classifierId, name) =>
      prisma.$transaction(async (tx) => {
        const names = await namesOf(tx, classifierId)
        if (names.includes(name)) throw exists(name)
        const last = await tx.class.aggregate({ where: { classifierId }, _max: { position: true } })
        await tx.class.create({ data: { classifierId, name, position: (last._max.position ?? -1) + 1 } })
      }),
    rename: (classifierId, { from, to }) =>
      prisma.$transaction(async (tx) => {
        const names = await namesOf(tx, classifierId)
        if (!names.includes(from)) throw notFound('class', from)
        if (names.includes(to)) throw exists(to)
        await refuseWhileBusy(tx, classifierId, 'The class was not renamed')
        await tx.class.update({
          where: { classifierId_name: { classifierId, name: from } },
          data: { name: to },
        })
        await tx.sample.updateMany({ where: { classifierId, label: from }, data: { label: to } })
        const change = { classifierId }
        await tx.sampleChangeEntry.updateMany({
          where: { change, labelBefore: from },
          data: { labelBefore: to },
        })
        await tx.sampleChangeEntry.updateMany({
          where: { change, labelAfter: from },
          data: { labelAfter: to },
        })
        await tx.classRename.create({ data: { classifierId, from, to, at: now() } })
        // the checkpoint of a run contains the names of its start
        await tx.run.updateMany({ where: { classifierId, canResume: true }, data: { canResume: false } })
        const hasDigits = areDigits(names.map((name) => (name === from ? to : name)))
        await tx.classifier.update({ where: { id: classifierId }, data: { hasDigits } })
      }, TRANSACTION),
    remove: (classifierId, name) =>
      prisma.$transaction(async (tx) => {
        if (await tx.sample.findFirst({ where: { classifierId, label: name, trashedAt: null } })) return false
        await tx.class.deleteMany({ where: { classifierId, name } })
        return true
      }),
    refuseWhileBusy: (classifierId, what) =>
      prisma.$transaction((tx) => refuseWhileBusy(tx, classifierId, what)),
    latestRename: () =>
      connection.one<{ id: number | null }>('SELECT MAX("id") AS "id" FROM "ClassRename"')?.id ?? 0,
  }
}

async function namesOf(tx: Transaction, classifierId: string): Promise<readonly string[]> {
  const rows = await tx.class.findMany({ where: { classifierId }, orderBy: { position: 'asc' } })
  return rows.map(({ name }) => name)
}

async function refuseWhileBusy(tx: Transaction, classifierId: string, what: string): Promise<void> {
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

const exists = (name: string): DarkroomError =>
  conflict(
    `The name "${name}" was not used`,
    'the classifier already has a class of this name',
    'Choose another name, or merge the two classes.',
  )
