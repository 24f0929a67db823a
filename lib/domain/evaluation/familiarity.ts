/** Whether an image resembles the training images, by its distance from the nearest of them in
 *  the network's feature space: Sun et al. 2022, "Out-of-distribution detection with deep nearest neighbors". The
 *  distances themselves are computed in lib/ml/evaluate/familiarity. */
import { FEWEST_FOR_CALIBRATION } from './calibration.ts'

/** The share of validation images that are familiar. */
export const FAMILIAR_SHARE = 0.95

/** The distance beyond which an image is unfamiliar. `null` with too few validation images. */
export function familiarUpTo(distances: ArrayLike<number>, share = FAMILIAR_SHARE): number | null {
  if (distances.length < FEWEST_FOR_CALIBRATION) return null
  const sorted = Array.from(distances).sort((a, b) => a - b)
  return sorted[Math.ceil(sorted.length * share) - 1]!
}

/** The probability that a foreign image is further away than one of the classes, with ties counting half: the area
 *  under the ROC curve, by ranks (Mann and Whitney 1947). `null` when either is empty. */
export function auroc(familiar: ArrayLike<number>, foreign: ArrayLike<number>): number | null {
  if (familiar.length === 0 || foreign.length === 0) return null
  const all = [
    ...Array.from(familiar, (value) => ({ value, isForeign: 0 })),
    ...Array.from(foreign, (value) => ({ value, isForeign: 1 })),
  ].sort((a, b) => a.value - b.value)
  let rankSum = 0
  for (let from = 0; from < all.length;) {
    let to = from
    let foreigners = 0
    while (to < all.length && all[to]!.value === all[from]!.value) foreigners += all[to++]!.isForeign
    rankSum += foreigners * ((from + 1 + to) / 2) // ranks count from one; ties share their mean rank
    from = to
  }
  return (rankSum - (foreign.length * (foreign.length + 1)) / 2) / (familiar.length * foreign.length)
}
