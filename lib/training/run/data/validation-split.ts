/** Splits the validation set in two: one half chooses the epoch and the averaging, the other calibrates, so that
 *  calibration is not fitted to the images that chose the epoch. */
import { FEWEST_FOR_CALIBRATION } from '#lib/domain/evaluation/calibration.ts'
import { subsetOf, type SampleSet } from '#lib/ml/learn/sample-set.ts'

export type ValidationSplit = { readonly choosing: SampleSet; readonly calibrating: SampleSet }

/** With too few images to halve, all of them choose and none calibrates. */
export function splitValidation(validation: SampleSet, classes: number): ValidationSplit {
  const all = validation.hashes.map((_, i) => i)
  if (validation.count < 2 * FEWEST_FOR_CALIBRATION)
    return { choosing: validation, calibrating: subsetOf(validation, [], classes) }
  const isFirst = (i: number): boolean => Number.parseInt(validation.hashes[i]![0]!, 16) % 2 === 0
  return {
    choosing: subsetOf(validation, all.filter(isFirst), classes),
    calibrating: subsetOf(
      validation,
      all.filter((i) => !isFirst(i)),
      classes,
    ),
  }
}
