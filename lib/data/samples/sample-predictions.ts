/** What versions predict for stored images: rows that lists filter and sort by. They are copied from a version's
 *  folds.json (lib/training/versions/sample-predictions.ts). */
import type { Store } from '../store.ts'

/** About 1 MB in one statement. */
const ROWS_AT_ONCE = 5_000

export type SamplePrediction = {
  readonly hash: string
  readonly predicted: string
  /** 0 to 1. */
  readonly confidence: number
}

export type SamplePredictions = {
  /** Replaces those of the version; images that are not stored are left out. */
  readonly store: (versionId: string, rows: readonly SamplePrediction[]) => Promise<void>
  readonly has: (versionId: string) => Promise<boolean>
}

export const samplePredictionsOf = ({
  prisma,
  statements,
}: Pick<Store, 'prisma' | 'statements'>): SamplePredictions => ({
  async store(versionId, rows) {
    await prisma.samplePrediction.deleteMany({ where: { versionId } })
    for (let first = 0; first < rows.length; first += ROWS_AT_ONCE)
      await statements.bulk.insertSamplePredictions(
        prisma,
        versionId,
        rows.slice(first, first + ROWS_AT_ONCE),
      )
  },
  has: async (versionId) => (await prisma.samplePrediction.findFirst({ where: { versionId } })) !== null,
})
