/** Actions on a classifier itself: create it, change its title, move it to the trash. */
import type { Caller, Input, Output } from '#lib/contracts/contract.ts'
import type { deleteClassifier } from '#lib/contracts/classifiers.ts'
import type { RouteAnswer } from '#lib/contracts/index.ts'
import { inTrashAnswer } from '#lib/contracts/sample-changes.ts'
import type { Data } from '#lib/data/data.ts'
import { refuseReservedId } from '#lib/domain/classifier-pages.ts'
import { DarkroomError } from '#lib/domain/errors.ts'
import { nameOfCaller } from './caller-name.ts'

export type ClassifierEdits = {
  readonly createClassifier: RouteAnswer<'POST /api/classifiers'>
  readonly changeClassifier: RouteAnswer<'PATCH /api/classifiers/{id}'>
  readonly deleteClassifier: (
    input: Input<typeof deleteClassifier>,
    request?: { readonly caller: Caller },
  ) => Promise<Output<typeof deleteClassifier>>
}

export const createClassifierEdits = ({
  classifiers,
  trash,
  queries,
}: Pick<Data, 'classifiers' | 'trash'> & {
  readonly queries: { readonly getClassifier: RouteAnswer<'GET /api/classifiers/{id}'> }
}): ClassifierEdits => ({
  async createClassifier({ id, title, classes, size, fit, is_mirrorable: isMirrorable }) {
    refuseReservedId(id)
    if (new Set(classes).size !== classes.length)
      throw new DarkroomError('invalid_input', {
        what: 'The classifier was not created',
        why: 'a class name occurs twice',
        remedy: 'Use each class name once.',
      })
    const input = { size, channels: fit === 'digit' ? 1 : 3, fit } as const
    await classifiers.create({ id, title: title ?? id, classes, input, isMirrorable })
    return queries.getClassifier({ id })
  },
  async changeClassifier({ id, title, is_mirrorable: isMirrorable, auto_promote: autoPromote }) {
    await classifiers.get(id)
    await classifiers.change(id, { title, isMirrorable, autoPromote })
    return queries.getClassifier({ id })
  },
  async deleteClassifier({ id }, request) {
    await classifiers.get(id)
    return { id, deleted: true, ...inTrashAnswer(await trash.putClassifier(id, nameOfCaller(request))) }
  },
})
