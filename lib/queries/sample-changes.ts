/** The log of changes to samples. Changing and undoing are lib/ingest's. */
import type { RouteAnswer } from '#lib/contracts/index.ts'
import { changeAnswer } from '#lib/contracts/sample-changes.ts'
import { storedSplit } from '#lib/contracts/stored-json.ts'
import { pageOf } from '#lib/domain/page.ts'
import type { Data } from '#lib/data/data.ts'
import type { SampleChangeEntry } from '#lib/data/samples/undo-types.ts'

const MOST_ENTRIES = 100

type SampleChangeQueries = {
  readonly listChanges: RouteAnswer<'GET /api/changes'>
  readonly getChange: RouteAnswer<'GET /api/changes/{id}'>
}

export const sampleChangeQueries = ({
  classifiers,
  sampleChanges,
}: Pick<Data, 'classifiers' | 'sampleChanges'>): SampleChangeQueries => ({
  async listChanges({ classifier, cursor, limit }) {
    const { id: classifierId } = await classifiers.chosen(classifier)
    const records = await sampleChanges.list({ classifierId, cursor, limit: limit + 1 })
    const page = pageOf(records, limit, (record) => record.id)
    const changes = page.rows.map(async (record) => {
      const [first] = record.count === 0 ? [] : await sampleChanges.entriesOf(record.id, 1)
      return { ...changeAnswer(record), first: first ? sampleAnswer(first) : null }
    })
    return { changes: await Promise.all(changes), next_cursor: page.next }
  },
  async getChange({ id }) {
    const [record, entries] = await Promise.all([
      sampleChanges.get(id),
      sampleChanges.entriesOf(id, MOST_ENTRIES),
    ])
    return {
      ...changeAnswer(record),
      samples: entries.map(sampleAnswer),
    }
  },
})

const sampleAnswer = ({ sampleId, before, after }: SampleChangeEntry) => ({
  sample_id: sampleId,
  before: stateAnswer(before),
  after: stateAnswer(after),
})

const stateAnswer = ({ label, split, excludedAt, trashedAt }: SampleChangeEntry['before']) => ({
  label,
  split: storedSplit.nullable().parse(split),
  excluded_at: excludedAt?.toISOString() ?? null,
  trashed_at: trashedAt?.toISOString() ?? null,
})
