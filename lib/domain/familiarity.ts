/** Whether a picture is like those that were learnt from, told by its distance to the nearest of them among
 *  the network's features: Sun et al. 2022, "Out-of-distribution detection with deep nearest neighbors". The
 *  distances themselves are lib/ml/evaluate/familiarity's. */
import { FEWEST_FOR_CALIBRATION } from './calibration.ts'

/** Of held-back pictures of the classes, this share stays familiar. */
export const FAMILIAR_SHARE = 0.95

/** A picture further than this is like nothing that was learnt. `null` on too few held-back pictures. */
export function familiarUpTo(distances: ArrayLike<number>, share = FAMILIAR_SHARE): number | null {
  if (distances.length < FEWEST_FOR_CALIBRATION) return null
  const sorted = Array.from(distances).sort((a, b) => a - b)
  return sorted[Math.ceil(sorted.length * share) - 1]!
}

/** The chance that a foreign picture is further than one of the classes, equals counting half: the area under
 *  the ROC curve, by ranks (Mann and Whitney 1947). `null` where either is empty. */
export function auroc(known: ArrayLike<number>, foreign: ArrayLike<number>): number | null {
  if (known.length === 0 || foreign.length === 0) return null
  const all = [
    ...Array.from(known, (value) => ({ value, isForeign: 0 })),
    ...Array.from(foreign, (value) => ({ value, isForeign: 1 })),
  ].sort((a, b) => a.value - b.value)
  let rankSum = 0
  for (let from = 0; from < all.length;) {
    let to = from
    let foreigners = 0
    while (to < all.length && all[to]!.value === all[from]!.value) foreigners += all[to++]!.isForeign
    rankSum += foreigners * ((from + 1 + to) / 2) // ranks count from one; equals share the mean of theirs
    from = to
  }
  return (rankSum - (foreign.length * (foreign.length + 1)) / 2) / (known.length * foreign.length)
}
