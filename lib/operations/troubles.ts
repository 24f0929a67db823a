/** What keeps a product that makes predictions from being well: a locked database, in sentences for health and for pages. It mends nothing. */
import type { Data } from '#lib/data/data.ts'

/** Web processes write several times a second: a lock that has refused all of them for so long is not one of ours. */
const LOCK_WORTH_TELLING_MS = 500

export const createTroubles = ({ writingState }: Pick<Data, 'writingState'>) => (): readonly string[] => lockOf(writingState())

function lockOf({ lockedForMs }: ReturnType<Data['writingState']>): string[] {
  if (lockedForMs === null || lockedForMs < LOCK_WORTH_TELLING_MS) return []
  return [`Another program has kept the database locked for ${(lockedForMs / 1000).toFixed(1)} s: pages and predictions without history work, and nothing can be stored until it ends.`]
}
