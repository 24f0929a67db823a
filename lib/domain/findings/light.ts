/** Images that are nearly white all over: even their darkest parts. */
import { byFigures, percent, type KindOfFinding } from './finding.ts'
import { whileUsable } from './open-findings.ts'

/** The darkest 5 % of a light image are within this of white: CleanVision 0.3.8 (ImagePropertyIssueManager). */
export const LIGHT_MARGIN = 0.05

export const light: KindOfFinding = {
  kind: 'light',
  remedies: ['exclude', 'dismiss'],
  isOpen: whileUsable,
  find: byFigures(({ brightness5 }) =>
    1 - brightness5 >= LIGHT_MARGIN
      ? null
      : {
          severity: 1 - (1 - brightness5) / LIGHT_MARGIN,
          detail: detailOf(percent(brightness5)),
        },
  ),
}

const detailOf = (brightness: string): string =>
  brightness === percent(1)
    ? 'At least 95 % of its pixels are white.'
    : `95 % of its pixels are at least ${brightness} as bright as white.`
