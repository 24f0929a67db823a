/** Changes of samples: label, split, exclusion, the trash; with undo. The valid transitions are defined in
 *  lib/domain/sample-state.ts. */
import type { Caller, Contract, Input, Output } from '#lib/contracts/contract.ts'
import {
  changeAnswer,
  inTrashAnswer,
  type changeSamples,
  type restoreTrash,
  type undoChange,
} from '#lib/contracts/sample-changes.ts'
import type { changeSample, deleteSample, SampleAnswer } from '#lib/contracts/uploads.ts'
import type { Data } from '#lib/data/data.ts'
import { inTrash } from '#lib/data/store.ts'
import type { SampleSelection } from '#lib/data/samples/undo-types.ts'
import { DarkroomError } from '#lib/domain/errors.ts'
import { nameOfCaller } from './caller-name.ts'

type Edit<C extends Contract> = (input: Input<C>, request?: { readonly caller: Caller }) => Promise<Output<C>>

export type SampleEdits = {
  readonly changeSamples: Edit<typeof changeSamples>
  readonly changeSample: Edit<typeof changeSample>
  readonly deleteSample: Edit<typeof deleteSample>
  readonly undoChange: Edit<typeof undoChange>
  readonly restoreTrash: Edit<typeof restoreTrash>
}

type SampleEditParts = Pick<Data, 'classifiers' | 'samples' | 'sampleChanges' | 'trash'> & {
  readonly queries: { readonly getSample: (id: string) => Promise<SampleAnswer> }
}

export const createSampleEdits = ({
  classifiers,
  samples,
  sampleChanges,
  trash,
  queries,
}: SampleEditParts): SampleEdits => ({
  async changeSamples(input, request) {
    const { label, split, is_excluded: isExcluded, is_trashed: isTrashed } = input
    const selection = selectionOf(input)
    const edit = { label, split, isExcluded, isTrashed }
    if (Object.values(edit).every((value) => value === undefined))
      throw invalid('the request contains no change', 'Send label, split, is_excluded or is_trashed.')
    if (selection.kind === 'filter') await classifiers.get(selection.classifierId)
    const outcome = await sampleChanges.change(selection, edit, nameOfCaller(request))
    return {
      change: outcome.change && changeAnswer(outcome.change),
      changed: outcome.changed,
      unchanged: outcome.unchanged,
      ...inTrashAnswer(outcome.trash),
    }
  },
  async changeSample({ id, label, split, is_excluded: isExcluded, is_trashed: isTrashed }, request) {
    const edit = { label, split, isExcluded, isTrashed }
    await sampleChanges.change({ kind: 'ids', ids: [id] }, edit, nameOfCaller(request))
    return queries.getSample(id)
  },
  async deleteSample({ id }, request) {
    const sample = await samples.get(id)
    if (sample.trashedAt !== null) throw inTrash('image', sample.filename ?? id, sample.trashedAt)
    const outcome = await sampleChanges.change(
      { kind: 'ids', ids: [id] },
      { isTrashed: true },
      nameOfCaller(request),
    )
    return { id, deleted: true, ...inTrashAnswer(outcome.trash) }
  },
  async undoChange({ id, skip_conflicts: skipConflicts }, request) {
    const outcome = await sampleChanges.undo(id, { by: nameOfCaller(request), skipConflicts })
    return {
      change: outcome.change && changeAnswer(outcome.change),
      changed: outcome.changed,
      skipped: outcome.skipped,
      ...inTrashAnswer(outcome.trash),
    }
  },
  async restoreTrash({ id }, request) {
    const { kind, classifierId, title, samples: count } = await trash.restore(id, nameOfCaller(request))
    return { id, restored: true, kind, classifier: classifierId, title, samples: count }
  },
})

function selectionOf({ ids, filter }: Input<typeof changeSamples>): SampleSelection {
  if (ids !== undefined && filter === undefined) return { kind: 'ids', ids }
  if (ids === undefined && filter !== undefined) {
    const { classifier, ...filters } = filter
    return { kind: 'filter', classifierId: classifier, ...filters }
  }
  throw invalid('the request must select samples by either "ids" or "filter"', 'Send exactly one of them.')
}

const invalid = (why: string, remedy: string): DarkroomError =>
  new DarkroomError('invalid_input', { what: 'Nothing was changed', why, remedy })
