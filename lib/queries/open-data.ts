/** Opens the data of this product, and what reads it for pages and API responses. */
import type { Data } from '#lib/data/data.ts'
import type { DataSettings } from '#lib/data/data-settings.ts'
import { openStore } from '#lib/data/open.ts'
import { onFirstUse } from '#lib/domain/on-first-use.ts'
import type { Queries } from './queries.ts'

export type OpenData = Data & {
  readonly queries: Queries
  /** The same as one object, with all of its functions. */
  readonly loadQueries: () => Promise<Queries>
}

/** Waits for another program's lock; migrates what is older, after a copy. */
export async function openData(settings: DataSettings): Promise<OpenData> {
  const { store, ...data } = await openStore(settings)
  const loadQueries = async (): Promise<Queries> => (await import('./queries.ts')).queriesOf(store, data)
  return { ...data, loadQueries, queries: onFirstUse(loadQueries) }
}
