/** Changes to samples, their undo, and the trash, as their contracts say them. */
import type { Caller } from '#lib/contracts/contract.ts'
import type { ChangeAnswer, TrashAnswer } from '#lib/contracts/sample-changes.ts'
import type { Split } from '#lib/domain/classifier.ts'
import { DarkroomError } from '#lib/domain/errors.ts'
import type { Answers, Data } from '../data.ts'
import type { SampleChangeEntry, SampleChangeRecord, TrashRecord } from '../undo-types.ts'
import { pageOf } from '#lib/domain/page.ts'

/** Samples that an entry of the trash shows. */
const SHOWN = 12
const MOST_ENTRIES = 100

type UndoQueries = Pick<
  Answers,
  'changeSamples' | 'listChanges' | 'getChange' | 'undoChange' | 'listTrash' | 'restoreTrash'
>

/** Who did it, for the log; the command line and tests have no caller. */
export const byOf = (request?: { readonly caller: Pick<Caller, 'kind' | 'name'> }): string =>
  request?.caller.name ?? request?.caller.kind ?? 'Darkroom'

export function undoingAnswers({
  classifiers,
  sampleChanges,
  trash,
}: Pick<Data, 'classifiers' | 'sampleChanges' | 'trash'>): UndoQueries {
  const trashAnswer = async (record: TrashRecord): Promise<TrashAnswer> => ({
    id: record.id,
    kind: record.kind,
    classifier: record.classifierId,
    title: record.title,
    samples: (await trash.samplesOf(record.id, SHOWN)).map((sample) => ({
      ...sample,
      image_url: `/api/samples/${sample.id}/image`,
    })),
    samples_total: record.samples,
    by: record.by,
    at: record.at.toISOString(),
    until: record.until.toISOString(),
  })
  return {
    async changeSamples({ ids, filter, label, split, is_excluded, is_trashed }, request) {
      if ((ids === undefined) === (filter === undefined))
        throw invalid(
          'the request must select samples by either "ids" or "filter"',
          'Send exactly one of them.',
        )
      if (label === undefined && split === undefined && is_excluded === undefined && is_trashed === undefined)
        throw invalid('the request contains no change', 'Send label, split, is_excluded or is_trashed.')
      if (filter) await classifiers.get(filter.classifier)
      const selection = filter
        ? {
            kind: 'filter' as const,
            classifierId: filter.classifier,
            label: filter.label,
            split: filter.split,
            source: filter.source,
            uploadId: filter.upload,
            isExcluded: filter.is_excluded,
          }
        : { kind: 'ids' as const, ids: ids ?? [] }
      const outcome = await sampleChanges.change(
        selection,
        { label, split, isExcluded: is_excluded, isTrashed: is_trashed },
        byOf(request),
      )
      return {
        change: outcome.change && changeAnswer(outcome.change),
        changed: outcome.changed,
        unchanged: outcome.unchanged,
        ...trashOf(outcome.trash),
      }
    },
    async listChanges({ classifier, cursor, limit }) {
      const { id } = await classifiers.chosen(classifier)
      const found = pageOf(
        await sampleChanges.list({ classifierId: id, cursor, limit: limit + 1 }),
        limit,
        (row) => row.id,
      )
      return { changes: found.rows.map(changeAnswer), next_cursor: found.next }
    },
    async getChange({ id }) {
      const [record, entries] = await Promise.all([
        sampleChanges.get(id),
        sampleChanges.entriesOf(id, MOST_ENTRIES),
      ])
      return {
        ...changeAnswer(record),
        samples: entries.map(({ sampleId, before, after }) => ({
          sample_id: sampleId,
          before: stateAnswer(before),
          after: stateAnswer(after),
        })),
      }
    },
    async undoChange({ id, skip_conflicts }, request) {
      const outcome = await sampleChanges.undo(id, { by: byOf(request), skipConflicts: skip_conflicts })
      return {
        change: outcome.change && changeAnswer(outcome.change),
        changed: outcome.changed,
        skipped: outcome.skipped,
        ...trashOf(outcome.trash),
      }
    },
    async listTrash({ classifier, cursor, limit }) {
      if (classifier !== undefined) await classifiers.get(classifier)
      const found = pageOf(
        await trash.list({ classifierId: classifier, cursor, limit: limit + 1 }),
        limit,
        (row) => row.id,
      )
      return { entries: await Promise.all(found.rows.map(trashAnswer)), next_cursor: found.next }
    },
    async restoreTrash({ id }, request) {
      const { kind, classifierId, title, samples } = await trash.restore(id, byOf(request))
      return { id, restored: true, kind, classifier: classifierId, title, samples }
    },
  }
}

/** What an answer says of something that went to the trash. */
export const trashOf = (
  record: TrashRecord | null,
): { trash_id: string | null; trashed_until: string | null } => ({
  trash_id: record?.id ?? null,
  trashed_until: record?.until.toISOString() ?? null,
})

const invalid = (why: string, remedy: string): DarkroomError =>
  new DarkroomError('invalid_input', { what: 'Nothing was changed', why, remedy })

const changeAnswer = (record: SampleChangeRecord): ChangeAnswer => ({
  id: record.id,
  classifier: record.classifierId,
  kind: record.kind,
  by: record.by,
  at: record.at.toISOString(),
  count: record.count,
  undoes: record.undoesId,
  undone_by: record.undoneById,
})

const stateAnswer = ({ label, split, excludedAt, trashedAt }: SampleChangeEntry['before']) => ({
  label,
  split: split as Split | null,
  excluded_at: excludedAt?.toISOString() ?? null,
  trashed_at: trashedAt?.toISOString() ?? null,
})
