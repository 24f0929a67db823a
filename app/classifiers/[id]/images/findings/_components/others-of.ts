/** The samples of a group that are excluded when one is kept: all but the first that is still used. */
import type { SetFinding } from '#lib/contracts/findings.ts'

export const othersOf = ({ samples }: Pick<SetFinding, 'samples'>): readonly string[] =>
  samples
    .filter((one) => !one.is_excluded)
    .slice(1)
    .map(({ id }) => id)
