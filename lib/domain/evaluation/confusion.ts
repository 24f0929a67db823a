/** Which classes a confusion matrix shows to be mistaken for one another.
 *  `counts[truth][prediction]`, rows and columns in the order of the classes. Accuracy is in
 *  statistics.ts. */

/** Two confused classes; `there` counts the first predicted as the second, `back` the other way. */
export type ConfusedPair = {
  readonly truth: string
  readonly answer: string
  readonly there: number
  readonly of: number
  readonly back: number
  readonly ofBack: number
}

/** Pairs by how often they are confused in both directions together, the most first; in each pair the more
 *  frequent direction comes first. */
export function confusedPairs(
  classes: readonly string[],
  counts: readonly (readonly number[])[],
): readonly ConfusedPair[] {
  const count = (truth: number, answer: number): number => counts[truth]?.[answer] ?? 0
  const images = classes.map((_, i) => (counts[i] ?? []).reduce((sum, n) => sum + n, 0))
  const pairs = classes.flatMap((_, i) =>
    classes.slice(i + 1).flatMap((_, k) => {
      const j = i + 1 + k
      if (count(i, j) + count(j, i) === 0) return []
      const [truth, answer] = count(i, j) >= count(j, i) ? [i, j] : [j, i]
      return [
        {
          truth: classes[truth]!,
          answer: classes[answer]!,
          there: count(truth, answer),
          of: images[truth]!,
          back: count(answer, truth),
          ofBack: images[answer]!,
        },
      ]
    }),
  )
  return pairs.toSorted((a, b) => b.there + b.back - (a.there + a.back) || b.there / b.of - a.there / a.of)
}

export type ShareShift = {
  readonly name: string
  readonly before: number
  readonly now: number
  readonly change: number
}

/** How the shares of classes differ between two counts of them, the largest change first; empty when either
 *  is empty. */
export function shareShifts(
  before: ReadonlyMap<string, number>,
  now: ReadonlyMap<string, number>,
): readonly ShareShift[] {
  const sum = (counts: ReadonlyMap<string, number>) => [...counts.values()].reduce((total, n) => total + n, 0)
  const [allBefore, allNow] = [sum(before), sum(now)]
  if (allBefore === 0 || allNow === 0) return []
  const names = [...new Set([...before.keys(), ...now.keys()])]
  return names
    .map((name) => {
      const shares = { before: (before.get(name) ?? 0) / allBefore, now: (now.get(name) ?? 0) / allNow }
      return { name, ...shares, change: shares.now - shares.before }
    })
    .toSorted((a, b) => Math.abs(b.change) - Math.abs(a.change))
}
