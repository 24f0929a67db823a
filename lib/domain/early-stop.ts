/** A training that ends before its last epoch, because nothing got better any more: whether it did, and the
 *  sentence for it. When it shall end, lib/ml decides. */

export type Course = {
  /** The last epoch that it went through, and how many it might have. */
  readonly epoch: number
  readonly epochs: number
  readonly points: readonly { readonly epoch: number; readonly is_best: boolean }[]
}

/** Only of a training that has ended by itself: one that was stopped by a person ends before its last epoch
 *  too. */
export const endedEarly = ({ epoch, epochs }: Pick<Course, 'epoch' | 'epochs'>): boolean =>
  epoch > 0 && epoch < epochs

/** The epoch whose weights are kept; null before the first. */
export const bestEpochOf = (points: Course['points']): number | null =>
  points.findLast((point) => point.is_best)?.epoch ?? null

export function earlyStopSentence(course: Course): string {
  const best = bestEpochOf(course.points)
  const after = `Stopped early after ${course.epoch} of up to ${course.epochs} epochs`
  return best === null ? `${after}.` : `${after}: no improvement for ${course.epoch - best} epochs.`
}
