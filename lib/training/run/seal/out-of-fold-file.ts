/** The file `folds.json` of a version: the answers of a cross-validation, from which versions are compared. */
import type { OutOfFold } from '#lib/contracts/model-files.ts'
import type { SampleSet } from '#lib/ml/learn/sample-set.ts'
import type { CrossValidationResult } from '../learn/material.ts'

/** @param isFirst whether an image is the first of its group */
export function outOfFoldFile(
  training: SampleSet,
  { result, groups, folds }: CrossValidationResult,
  isFirst: readonly boolean[],
): OutOfFold {
  const { values, classes } = result.logits
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
              logits: Array.from(values.subarray(i * classes, (i + 1) * classes), rounded),
            },
          ]
        : [],
    ),
  }
}

const rounded = (value: number): number => Math.round(value * 1e4) / 1e4
