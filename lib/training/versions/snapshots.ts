/** The actions on snapshots: create one of the images as they are now, compare two, export one as a ZIP. */
import { writeZip } from '#lib/archive/write-zip.ts'
import type { RouteAnswer } from '#lib/contracts/index.ts'
import type { SnapshotAnswer } from '#lib/contracts/snapshots.ts'
import type { Data } from '#lib/data/data.ts'
import { compareSnapshots as compared } from '#lib/domain/compare-snapshots.ts'
import { DarkroomError } from '#lib/domain/errors.ts'
import { pageOf } from '#lib/domain/page.ts'
import { entriesBySplits, entriesForFolds } from '../retrain/decide.ts'
import { snapshotFiles, type SnapshotArchive, type StoredSampleFacts } from './snapshot-zip.ts'

export type SnapshotData = Pick<Data, 'classifiers' | 'samples' | 'snapshots' | 'images'> & {
  readonly queries: {
    readonly getSnapshot: (id: string) => Promise<SnapshotAnswer>
    readonly samplesByHash: (
      classifierId: string,
      hashes: readonly string[],
    ) => Promise<ReadonlyMap<string, StoredSampleFacts & { readonly id: string }>>
  }
}

type RequestContext = { readonly signal: AbortSignal }

export type SnapshotCases = {
  readonly createSnapshot: RouteAnswer<'POST /api/snapshots'>
  readonly compareSnapshots: RouteAnswer<'GET /api/snapshots/{id}/compare'>
  readonly exportSnapshot: RouteAnswer<'GET /api/snapshots/{id}/export', RequestContext>
}

export const createSnapshotCases = (data: SnapshotData): SnapshotCases => ({
  async createSnapshot({ classifier, evaluation }) {
    const { id, title } = await data.classifiers.chosen(classifier)
    const samples = await data.samples.all(id)
    if (samples.length === 0)
      throw new DarkroomError('nothing_to_learn', {
        what: `No snapshot of "${title}" was created`,
        why: 'it has no labelled images',
        remedy: 'Upload images first.',
      })
    const entries = evaluation === 'folds' ? entriesForFolds(samples) : entriesBySplits(samples)
    return data.queries.getSnapshot((await data.snapshots.freeze(id, entries)).id)
  },

  async compareSnapshots({ id, with: earlierId, kind, cursor, limit }) {
    const [after, before] = await Promise.all([
      data.queries.getSnapshot(id),
      data.queries.getSnapshot(earlierId),
    ])
    if (after.classifier !== before.classifier)
      throw new DarkroomError('invalid_input', {
        what: 'These snapshots cannot be compared',
        why: `one belongs to "${before.classifier}" and the other to "${after.classifier}"`,
        remedy: 'Compare snapshots of the same classifier.',
      })
    const { changes, counts } = compared(
      await data.snapshots.entriesOf(before.id),
      await data.snapshots.entriesOf(after.id),
    )
    const from = cursor === undefined ? 0 : Number(cursor)
    const rows = changes
      .filter((change) => kind === undefined || change.kind === kind)
      .map((change, i) => ({ change, place: i + 1 }))
      .slice(from)
    const page = pageOf(rows, limit, ({ place }) => String(place))
    const samples = await data.queries.samplesByHash(
      after.classifier,
      page.rows.map(({ change }) => change.hash),
    )
    return {
      classifier: after.classifier,
      before,
      after,
      counts,
      changes: page.rows.map(({ change }) => ({
        ...change,
        sample_id: samples.get(change.hash)?.id ?? null,
      })),
      next_cursor: page.next,
    }
  },

  async exportSnapshot({ id }, { signal }) {
    const content = await snapshotArchive(id, data)
    const { classifierId, hash } = content.snapshot
    return {
      bytes: writeZip(snapshotFiles(content, data.images), signal),
      mediaType: 'application/zip',
      filename: `${classifierId}-snapshot-${hash.slice(0, 12)}.zip`,
      isImmutable: false,
    }
  },
})

/** @throws DarkroomError `not_found`, also where its classifier is in the trash */
async function snapshotArchive(id: string, data: SnapshotData): Promise<SnapshotArchive> {
  const snapshot = await data.snapshots.get(id)
  const { title } = await data.classifiers.get(snapshot.classifierId)
  const entries = await data.snapshots.entriesOf(id)
  const samples = await data.queries.samplesByHash(
    snapshot.classifierId,
    entries.map(({ hash }) => hash),
  )
  return { snapshot, title, entries, samples }
}
