/** All kinds of findings, and what a set of images has of them. */
import { blurry } from './blurry.ts'
import { dark } from './dark.ts'
import { duplicateInTest } from './duplicate-in-test.ts'
import { duplicateOtherClass } from './duplicate-other-class.ts'
import { exactDuplicate } from './exact-duplicate.ts'
import {
  FINDING_KINDS,
  type Finding,
  type FindingKind,
  type KindOfFinding,
  type SetFigures,
} from './finding.ts'
import { imbalance } from './imbalance.ts'
import { labelConflict } from './label-conflict.ts'
import { light } from './light.ts'
import { lowInformation } from './low-information.ts'
import { mislabelled } from './mislabelled.ts'
import { nearDuplicate } from './near-duplicate.ts'
import { oddAspect } from './odd-aspect.ts'
import { oddSize } from './odd-size.ts'
import type { FindingState } from './open-findings.ts'
import { outlier } from './outlier.ts'
import { shortcut } from './shortcut.ts'
import { tooFew } from './too-few.ts'
import { unreadable } from './unreadable.ts'

const KINDS: { readonly [K in FindingKind]: KindOfFinding } = {
  label_conflict: labelConflict,
  duplicate_other_class: duplicateOtherClass,
  duplicate_in_test: duplicateInTest,
  mislabelled,
  unreadable,
  dark,
  light,
  low_information: lowInformation,
  blurry,
  outlier,
  exact_duplicate: exactDuplicate,
  near_duplicate: nearDuplicate,
  odd_aspect: oddAspect,
  odd_size: oddSize,
  shortcut,
  too_few: tooFew,
  imbalance,
}

export const remediesOf = (kind: FindingKind): KindOfFinding['remedies'] => KINDS[kind].remedies

/** Whether a finding of this kind still holds, its samples being as they are now. */
export const isOpen = (kind: FindingKind, state: FindingState): boolean => KINDS[kind].isOpen(state)

export type SetFindings = {
  readonly findings: readonly Finding[]
  /** Kinds that could not be judged, because the figures that they need are not known. */
  readonly unknown: readonly FindingKind[]
}

/** By kind, the most severe first. */
export function findingsOf(set: SetFigures): SetFindings {
  const unknown: FindingKind[] = []
  const findings = FINDING_KINDS.flatMap((kind) => {
    const found = KINDS[kind].find(set)
    if (found === null) unknown.push(kind)
    return (found ?? []).map((one): Finding => ({ ...one, kind })).toSorted((a, b) => b.severity - a.severity)
  })
  return { findings, unknown }
}
