/** The trend of a daily count in one sentence: the newer half of the days compared with the older. Pure. */
import { counted } from '#lib/domain/text/count-text.ts'
import { numberText } from '#lib/ui/figure-number.tsx'

/** `days`: oldest first. */
export function trendText(days: readonly { readonly count: number }[]): string {
  const half = Math.floor(days.length / 2)
  const sum = (some: typeof days) => some.reduce((total, { count }) => total + count, 0)
  const [before, after] = [sum(days.slice(0, half)), sum(days.slice(-half))]
  if (before + after === 0) return `No predictions in the last ${days.length} days.`
  const newer = `${counted(after, 'prediction')} in the last ${half} days`
  if (before === 0) return `${newer}, none in the ${half} days before.`
  const change = Math.round((100 * (after - before)) / before)
  const comparison =
    change === 0 ? 'about the same as' : `${Math.abs(change)} % ${change > 0 ? 'more' : 'fewer'} than`
  return `${newer}, ${comparison} in the ${half} days before (${numberText({ count: before })}).`
}
