/** Images that are far smaller or larger than the others of the set. */
import { about, type KindOfFinding } from './finding.ts'
import { whileUsable } from './open-findings.ts'
import { percentile } from './image-figures.ts'

/** Interquartile ranges beyond the quartiles: CleanVision 0.3.8 (SizeProperty.get_scores). */
const IQR_FACTOR = 3
/** With fewer images the quartiles say little. */
const FEWEST = 10
/** Where all others have one size, an image up to so many times as large or small is not odd: half or double the size
 *  is still the same image to a network. CleanVision flags any difference there. */
const SAME_SIZE_FACTOR = 2

export const oddSize: KindOfFinding = {
  kind: 'odd_size',
  remedies: ['exclude', 'dismiss'],
  isOpen: whileUsable,
  find: ({ samples }) => {
    if (samples.length < FEWEST) return []
    const sizes = samples.map(({ width, height }) => Math.sqrt(width * height))
    const sorted = sizes.toSorted((a, b) => a - b)
    const [q1, median, q3] = [0.25, 0.5, 0.75].map((share) => percentile(sorted, share))
    const range = IQR_FACTOR * (q3! - q1!)
    const low = Math.min(q1! - range, median! / SAME_SIZE_FACTOR)
    const high = Math.max(q3! + range, median! * SAME_SIZE_FACTOR)
    return samples.flatMap(({ id, width, height }, i) => {
      const size = sizes[i]!
      if (size >= low && size <= high) return []
      const times = size > high ? size / median! : median! / size
      return [
        about({
          samples: [id],
          severity: size > high ? 1 - high / size : 1 - size / low,
          detail:
            `It is ${width} × ${height} pixels, ${times.toFixed(1)} times as ` +
            `${size > high ? 'large' : 'small'} as most others.`,
        }),
      ]
    })
  },
}
