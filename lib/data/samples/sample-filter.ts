/** What a list of samples, or a change of all that match, asks for. The condition in SQL is in the folder of each
 *  database. */
import type { SampleFilters, SampleSort } from '#lib/contracts/sample-filters.ts'

export type SampleFilter = SampleFilters & {
  readonly classifierId: string
  /** As `state`, for older requests: excluded or not, in whatever other state. */
  readonly is_excluded?: boolean | undefined
}

export type SamplePage = {
  readonly sort: SampleSort
  readonly offset?: number | undefined
  readonly limit: number
}
/** The last sample of the page before. */
export type SampleCursor = { readonly id: string; readonly hash: string; readonly filename: string | null }

export const asksForPrediction = ({ predicted, differs, certainty_below: below }: SampleFilters): boolean =>
  predicted !== undefined || differs !== undefined || below !== undefined
