/** Groups of images that show the same, exactly or nearly, and what is wrong with a group: it spans classes, it spans
 *  the test set and the others, or it is only redundant. Each group is reported once, as the worst of these. */
import { about, type Finding, type FindingSample, type SetFigures } from './finding.ts'

type CopyGroup = {
  readonly samples: readonly FindingSample[]
  /** All have the same pixels. */
  readonly isExact: boolean
}
type Problem = 'other_class' | 'in_test' | 'exact' | 'near'

/** The groups of one problem; exact ones are known without comparing images. */
export const duplicatesOf = (set: SetFigures, problem: Problem): readonly CopyGroup[] =>
  copyGroups(set).filter((group) => problemOf(group) === problem)

function problemOf({ samples, isExact }: CopyGroup): Problem {
  const labels = new Set(samples.flatMap(({ label }) => label ?? []))
  if (labels.size > 1) return 'other_class'
  const splits = new Set(samples.flatMap(({ split }) => split ?? []))
  if (splits.has('test') && splits.size > 1) return 'in_test'
  return isExact ? 'exact' : 'near'
}

/** Exact copies of each other; and near-copies, where at least two of them are not exact copies. */
function copyGroups({ samples, nearCopies }: SetFigures): readonly CopyGroup[] {
  const keyOf = ({ width, height, figures }: FindingSample): string | null =>
    figures && `${width} ${height} ${figures.digest}`
  const exact = [...Map.groupBy(samples.filter(keyOf), keyOf).values()].filter(({ length }) => length > 1)
  const near = (nearCopies ?? [])
    .map((places) => places.map((place) => samples[place]!))
    .filter((group) => new Set(group.map((one) => keyOf(one) ?? one.id)).size > 1)
  return [
    ...exact.map((group) => ({ samples: group, isExact: true })),
    ...near.map((group) => ({ samples: group, isExact: false })),
  ]
}

/** One finding for a group; its first sample is the one to keep: of the test set, which stays as it is, then one
 *  with a label, then the largest, then the oldest. */
export const groupFinding = (
  { samples }: CopyGroup,
  finding: Pick<Finding, 'severity' | 'detail'>,
): Omit<Finding, 'kind'> =>
  about({
    ...finding,
    samples: samples
      .toSorted(
        (a, b) =>
          Number(b.split === 'test') - Number(a.split === 'test') ||
          Number(a.label === null) - Number(b.label === null) ||
          b.width * b.height - a.width * a.height,
      )
      .map(({ id }) => id),
    labels: [...new Set(samples.flatMap(({ label }) => label ?? []))],
  })
