/** The validation set in two halves: one chooses the epoch and the averaging, the other calibrates, so that no
 *  number is fitted to the images that chose it. */
import { FEWEST_FOR_CALIBRATION } from '#lib/domain/calibration.ts'
import { chosenFrom, type SampleSet } from '#lib/ml/learn/sample-set.ts'

export type ValidationSplit = { readonly choosing: SampleSet; readonly calibrating: SampleSet }

/** Too few images to halve all choose, and none calibrates. */
export function splitValidation(validation: SampleSet, classes: number): ValidationSplit {
  const all = validation.hashes.map((_, i) => i)
  if (validation.count < 2 * FEWEST_FOR_CALIBRATION)
    return { choosing: validation, calibrating: chosenFrom(validation, [], classes) }
  const isFirst = (i: number): boolean => Number.parseInt(validation.hashes[i]![0]!, 16) % 2 === 0
  return {
    choosing: chosenFrom(validation, all.filter(isFirst), classes),
    calibrating: chosenFrom(
      validation,
      all.filter((i) => !isFirst(i)),
      classes,
    ),
  }
}
