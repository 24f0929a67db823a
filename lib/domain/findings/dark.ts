/** Images that are dark all over: even their brightest parts. */
import { byFigures, percent, type KindOfFinding } from './finding.ts'
import { whileUsable } from './open-findings.ts'

/** Up to this brightness of the brightest 1 % an image is dark: CleanVision 0.3.8 (ImagePropertyIssueManager). */
export const DARK_BELOW = 0.32

export const dark: KindOfFinding = {
  kind: 'dark',
  remedies: ['exclude', 'dismiss'],
  isOpen: whileUsable,
  find: byFigures(({ brightness99 }) =>
    brightness99 >= DARK_BELOW
      ? null
      : {
          severity: 1 - brightness99 / DARK_BELOW,
          detail: detailOf(percent(brightness99)),
        },
  ),
}

const detailOf = (brightness: string): string =>
  brightness === percent(0)
    ? 'At least 99 % of its pixels are black.'
    : `99 % of its pixels are at most ${brightness} as bright as white.`
