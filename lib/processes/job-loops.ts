/** Which kinds of jobs the worker executes at the same time: one loop for each list, in whose kinds jobs wait for one
 *  another. */
import { JOB_KINDS, type JobKind } from '#lib/domain/jobs.ts'

const PREDICTING = ['predict', 'predict-anonymous'] as const
const LONG_KINDS: readonly JobKind[] = [
  'train',
  'backup',
  'features',
  'findings',
  'robustness',
  'import',
  ...PREDICTING,
]

/**
 * A comparison of two versions must not wait for a training run or a backup. Where memory is small, a prediction job,
 * an import and a training run take turns.
 */
export const loopsOf = (isSmall: boolean): readonly (readonly JobKind[])[] => [
  ...(isSmall
    ? [['train' as const, 'import' as const, ...PREDICTING]]
    : [['train' as const], ['import' as const], PREDICTING]),
  ['backup'],
  ['features'],
  ['findings'],
  ['robustness'],
  JOB_KINDS.filter((kind) => !LONG_KINDS.includes(kind)),
]
