/** What findings need to know of a set of photographs beyond its images: nothing, unless a benchmark computes it. */
import type { SetFigures } from '#lib/domain/findings/finding.ts'

export const PHOTOGRAPHS: Omit<SetFigures, 'classes' | 'samples'> = {
  nearCopies: null,
  probabilities: null,
  distances: null,
  unreadable: [],
  conflicts: [],
  hasPhotographs: true,
}
