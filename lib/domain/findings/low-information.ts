/** Images in which hardly anything differs: one colour, or a few flat areas. */
import { byFigures, type KindOfFinding } from './finding.ts'
import { whileUsable } from './open-findings.ts'

/** Bits of entropy: CleanVision 0.3.8 flags below 0.3 of a scale of 10 bits (ImagePropertyIssueManager). */
export const ENTROPY_LEAST = 3

export const lowInformation: KindOfFinding = {
  kind: 'low_information',
  remedies: ['exclude', 'dismiss'],
  isOpen: whileUsable,
  find: byFigures(({ entropy }) =>
    entropy >= ENTROPY_LEAST
      ? null
      : {
          severity: 1 - entropy / ENTROPY_LEAST,
          detail:
            `Its grey levels hold ${entropy.toFixed(1)} bits of information; ` +
            `images with content have ${ENTROPY_LEAST} or more.`,
        },
  ),
}
