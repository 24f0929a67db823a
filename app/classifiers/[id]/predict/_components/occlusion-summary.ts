/** Summarises an occlusion map in one sentence: the region that the prediction depends on most, or that there
 *  is none. It draws nothing. */
import type { Explanation } from '#lib/contracts/predict.ts'
import { counted } from '#lib/domain/text/count-text.ts'

/** A smaller drop of the probability does not count as a dependency. */
const MIN_DROP = 0.05
const THIRDS = [
  ['upper left', 'upper middle', 'upper right'],
  ['left', 'middle', 'right'],
  ['lower left', 'lower middle', 'lower right'],
] as const

type OcclusionSummary = {
  readonly sentence: string
  /** Null if the prediction depends on no single region. */
  readonly place: { readonly row: number; readonly column: number } | null
}

export function summarizeOcclusion({ drops }: Pick<Explanation, 'drops'>): OcclusionSummary {
  const most = drops
    .flatMap((drop, row) => drop.map((fall, column) => ({ fall, row, column })))
    .reduce((a, b) => (b.fall > a.fall ? b : a))
  const points = counted(Math.round(Math.max(0, most.fall) * 100), 'point')
  if (most.fall < MIN_DROP)
    return {
      sentence: `No single region is decisive: covering any of them lowers the probability by at most ${points}.`,
      place: null,
    }
  const name = THIRDS[third(most.row, drops.length)][third(most.column, drops[most.row]!.length)]
  return {
    sentence: `The prediction depends most on the ${name}: covering it lowers the probability by ${points}.`,
    place: most,
  }
}

/** The third of the image that holds the centre of a covered region. */
function third(place: number, count: number): 0 | 1 | 2 {
  const share = (place + 1) / (count + 1)
  if (share < 1 / 3) return 0
  return share <= 2 / 3 ? 1 : 2
}
