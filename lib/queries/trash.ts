/** The contents of the trash. lib/ingest restores entries; lib/operations deletes them permanently. */
import type { RouteAnswer } from '#lib/contracts/index.ts'
import type { TrashAnswer } from '#lib/contracts/sample-changes.ts'
import { pageOf } from '#lib/domain/page.ts'
import type { Data } from '#lib/data/data.ts'
import type { TrashRecord } from '#lib/data/samples/undo-types.ts'

/** Samples that an entry of the trash shows. */
const SAMPLES_SHOWN = 12

export function trashQueries({ classifiers, trash }: Pick<Data, 'classifiers' | 'trash'>): {
  readonly listTrash: RouteAnswer<'GET /api/trash'>
} {
  return {
    async listTrash({ classifier, cursor, limit }) {
      if (classifier !== undefined) await classifiers.get(classifier)
      const records = await trash.list({ classifierId: classifier, cursor, limit: limit + 1 })
      const page = pageOf(records, limit, (record) => record.id)
      return { entries: await Promise.all(page.rows.map(answerOf)), next_cursor: page.next }
    },
  }

  async function answerOf(record: TrashRecord): Promise<TrashAnswer> {
    const samples = await trash.samplesOf(record.id, SAMPLES_SHOWN)
    return {
      id: record.id,
      kind: record.kind,
      classifier: record.classifierId,
      title: record.title,
      samples: samples.map((sample) => ({ ...sample, image_url: `/api/samples/${sample.id}/image` })),
      samples_total: record.samples,
      by: record.by,
      at: record.at.toISOString(),
      until: record.until.toISOString(),
    }
  }
}
