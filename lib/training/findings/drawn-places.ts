/** Which rows are used where there are too many: the same ones in every check. */
import { createRandom } from '#lib/ml/random.ts'

const SEED = 1

/** At most `most` of the numbers below `count`, drawn without replacement; all of them, in a drawn order, if they are
 *  not more. */
export function drawnPlaces(count: number, most: number): readonly number[] {
  const random = createRandom(SEED)
  return Array.from({ length: count }, (_, place) => ({ place, at: random() }))
    .toSorted((a, b) => a.at - b.at)
    .slice(0, most)
    .map(({ place }) => place)
}
