/** The answers of a version to single images, as its bundle has them: `folds.json` those of a cross-validation, from
 *  which versions are compared, `test.json` those to its test images. */
import type { OutOfFold, TestAnswers } from '#lib/contracts/model-files.ts'
import type { Logits } from '#lib/domain/evaluation/calibration.ts'
import type { SampleSet } from '#lib/ml/learn/sample-set.ts'
import type { CrossValidationResult } from '../learn/material.ts'

/** @param isFirst whether an image is the first of its group */
export function outOfFoldFile(
  training: SampleSet,
  { result, groups, folds }: CrossValidationResult,
  isFirst: readonly boolean[],
): OutOfFold {
  return {
    format: 1,
    folds,
    rows: training.hashes.flatMap((hash, i) =>
      result.isEvaluated[i]
        ? [
            {
              hash,
              group: groups[i]!,
              counts: isFirst[i]!,
              logits: rowOf(result.logits, i),
            },
          ]
        : [],
    ),
  }
}

export const testAnswersFile = (test: Pick<SampleSet, 'hashes'>, logits: Logits): TestAnswers => ({
  format: 1,
  rows: test.hashes.map((hash, i) => ({ hash, logits: rowOf(logits, i) })),
})

const rowOf = ({ values, classes }: Logits, i: number): number[] =>
  Array.from(values.subarray(i * classes, (i + 1) * classes), rounded)
const rounded = (value: number): number => Math.round(value * 1e4) / 1e4
