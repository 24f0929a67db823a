/** Cross-validation by groups: who is left out when. Images of a group are left out together, and each class has its
 *  share in each fold (stratified group k-fold, as scikit-learn's StratifiedGroupKFold). It trains nothing. */
import { groupNumbers } from '../grouping/groups.ts'

/** Folds, where each class has as many groups. */
export const FOLDS = 5
/** Rounds with other folds each time, by the number of images: the fewer there are, the more an estimate depends on
 *  who was left out with whom. */
export function roundsFor(images: number): number {
  if (images <= 200) return 5
  return images <= 1_000 ? 3 : 1
}

export type FoldInput = {
  /** Class of each image. */
  readonly labels: ArrayLike<number>
  readonly classes: number
  /** Group of each image; equal values are one group. */
  readonly groups: readonly (string | number)[]
  /** Images that only train: false is in no fold. Absent: all are left out once. */
  readonly isEvaluated?: readonly boolean[]
}

export type FoldRound = {
  /** For each image the fold in which it does not train; −1: it trains in all. */
  readonly foldOf: Int32Array
  /** Whether it is answered by the head of that fold, and counts. */
  readonly isEvaluated: readonly boolean[]
  readonly folds: number
}

/** How many folds there can be: as many as the class with the fewest groups has, at least 2 and at most `FOLDS`.
 *  Classes of a single group do not count: they cannot be left out at all. */
export function foldCount(input: FoldInput): number {
  const perClass = groupsPerClass(input).filter((groups) => groups > 1)
  return perClass.length === 0 ? 0 : Math.max(2, Math.min(FOLDS, ...perClass))
}

function groupsPerClass({ labels, classes, groups, isEvaluated }: FoldInput): readonly number[] {
  const found = Array.from({ length: classes }, () => new Set<string | number>())
  groups.forEach((group, i) => {
    if (isEvaluated?.[i] !== false) found[labels[i]!]!.add(group)
  })
  return found.map((one) => one.size)
}

/** One round of folds. Groups come largest first, equals in an order of chance, and each goes to the fold that has
 *  the smallest share of its classes so far, of equal ones to the smallest fold; `random` gives numbers in [0, 1). The
 *  only group of a class is not left out, because nothing would be known of the class. */
export function foldRound(input: FoldInput, random: () => number): FoldRound {
  const { labels, classes, groups } = input
  const folds = foldCount(input)
  const perClass = groupsPerClass(input)
  const isEvaluated = groups.map((_, i) => input.isEvaluated?.[i] !== false && perClass[labels[i]!]! > 1)
  const placed = shuffledGroups(groups, random).filter((all) => all.some((i) => isEvaluated[i]))
  const totals = new Float64Array(classes)
  for (const all of placed) for (const i of all) totals[labels[i]!]! += 1
  const taken = Array.from({ length: folds }, (_, fold) => ({
    fold,
    size: 0,
    own: new Float64Array(classes),
  }))
  const foldOf = new Int32Array(groups.length).fill(-1)
  for (const all of placed) {
    const { fold } = taken
      .map((one) => ({
        ...one,
        share: all.reduce((sum, i) => sum + one.own[labels[i]!]! / totals[labels[i]!]!, 0),
      }))
      .toSorted((a, b) => a.share - b.share || a.size - b.size)[0]!
    for (const i of all) {
      foldOf[i] = fold
      taken[fold]!.own[labels[i]!]! += 1
      taken[fold]!.size += 1
    }
  }
  return { foldOf, isEvaluated, folds }
}

function shuffledGroups(
  groups: readonly (string | number)[],
  random: () => number,
): readonly (readonly number[])[] {
  const members: number[][] = []
  groupNumbers(groups).forEach((group, i) => (members[group] ??= []).push(i))
  return members
    .map((all) => ({ all, place: random() }))
    .toSorted((a, b) => b.all.length - a.all.length || a.place - b.place)
    .map(({ all }) => all)
}
