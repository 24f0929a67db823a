/** Opens the data of this product, and what reads it for pages and API responses. */
import type { Data } from '#lib/data/data.ts'
import type { DataSettings } from '#lib/data/data-settings.ts'
import { openStore } from '#lib/data/open.ts'
import { queriesOf, type Queries } from './queries.ts'

export type OpenData = Data & { readonly queries: Queries }

/** Waits for another program's lock; migrates what is older, after a copy. */
export async function openData(settings: DataSettings): Promise<OpenData> {
  const { store, ...data } = await openStore(settings)
  return { ...data, queries: queriesOf(store, data) }
}
