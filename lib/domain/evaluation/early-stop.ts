/** Whether a training run stopped before its last epoch because nothing improved, and the sentence that states
 *  it. lib/ml decides when to stop. */

export type Course = {
  /** The last epoch that it completed, and the maximum number. */
  readonly epoch: number
  readonly epochs: number
  readonly points: readonly { readonly epoch: number; readonly is_best: boolean }[]
}

/** Only for a run that ended by itself: one that was stopped by a user ends before its last epoch
 *  too. */
export const endedEarly = ({ epoch, epochs }: Pick<Course, 'epoch' | 'epochs'>): boolean =>
  epoch > 0 && epoch < epochs

/** The epoch whose weights are saved; null before the first. */
export const bestEpochOf = (points: Course['points']): number | null =>
  points.findLast((point) => point.is_best)?.epoch ?? null

export function earlyStopSentence(course: Course): string {
  const best = bestEpochOf(course.points)
  const after = `Stopped early after ${course.epoch} of up to ${course.epochs} epochs`
  return best === null ? `${after}.` : `${after}: no improvement for ${course.epoch - best} epochs.`
}
