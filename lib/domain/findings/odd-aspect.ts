/** Images that are much longer one way than the other: panoramas, strips, broken crops. */
import { about, isPrevalent, type KindOfFinding } from './finding.ts'
import { whileUsable } from './open-findings.ts'

/** Shorter side by longer side: CleanVision 0.3.8 (ImagePropertyIssueManager). */
export const ASPECT_LEAST = 0.35

export const oddAspect: KindOfFinding = {
  kind: 'odd_aspect',
  remedies: ['exclude', 'dismiss'],
  isOpen: whileUsable,
  find: ({ samples }) => {
    const found = samples.flatMap(({ id, width, height }) => {
      const ratio = Math.min(width / height, height / width)
      return ratio >= ASPECT_LEAST
        ? []
        : [
            about({
              samples: [id],
              severity: 1 - ratio / ASPECT_LEAST,
              detail: `It is ${width} × ${height} pixels: one side is ${(1 / ratio).toFixed(1)} times the other.`,
            }),
          ]
    })
    return isPrevalent(found.length, samples.length) ? [] : found
  },
}
