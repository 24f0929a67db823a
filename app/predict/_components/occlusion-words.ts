/** What an occlusion map says: on which place the answer depends most, or that there is none; and both in one
 *  sentence. It draws nothing. */
import type { Explanation } from '#lib/contracts/predict.ts'
import { counted } from '#lib/domain/counted.ts'

/** A smaller fall of the probability makes no place the one that decides. */
const DECIDES = 0.05
const THIRDS = [
  ['upper left', 'upper middle', 'upper right'],
  ['left', 'middle', 'right'],
  ['lower left', 'lower middle', 'lower right'],
] as const

type Told = {
  readonly sentence: string
  /** Null where no place decides. */
  readonly place: { readonly row: number; readonly column: number } | null
}

export function toldBy({ drops }: Pick<Explanation, 'drops'>): Told {
  const most = drops
    .flatMap((drop, row) => drop.map((fall, column) => ({ fall, row, column })))
    .reduce((a, b) => (b.fall > a.fall ? b : a))
  const points = counted(Math.round(Math.max(0, most.fall) * 100), 'point')
  if (most.fall < DECIDES)
    return {
      sentence: `No single place decides: covered anywhere, the probability falls by at most ${points}.`,
      place: null,
    }
  const name = THIRDS[third(most.row, drops.length)][third(most.column, drops[most.row]!.length)]
  return {
    sentence: `The answer depends most on the ${name}: covered there, its probability falls by ${points}.`,
    place: most,
  }
}

/** By where the middle of a cover lies. */
function third(place: number, count: number): 0 | 1 | 2 {
  const share = (place + 1) / (count + 1)
  if (share < 1 / 3) return 0
  return share <= 2 / 3 ? 1 : 2
}
