/**
 * The form of a rule and how it is checked: a rule that checked fewer places than its minimum fails too,
 * because it has stopped covering the program. The rules themselves are listed in rules.ts.
 */
import type { SourceFile } from './sources.ts'

export type Judgement = {
  /** How many places the rule checked. */
  readonly checked: number
  /** One sentence each, beginning with the place. */
  readonly broken: readonly string[]
}

export type ProjectRule = {
  /** A sentence about the program. */
  readonly name: string
  /** What `checked` counts, in the plural. */
  readonly counts: string
  /** With fewer than this the rule has stopped covering the program. Raised as the program grows. */
  readonly minimum: number
  readonly judge: (sources: readonly SourceFile[]) => Judgement
}

export function check(rule: ProjectRule, sources: readonly SourceFile[]): Judgement {
  const { checked, broken } = rule.judge(sources)
  if (checked >= rule.minimum) return { checked, broken }
  return {
    checked,
    broken: [
      ...broken,
      `The rule "${rule.name}" checked ${checked} ${rule.counts}, fewer than its minimum of ${rule.minimum}: it no ` +
        'longer covers the program.',
    ],
  }
}

/** A rule that checks each file alone. */
export const eachFile =
  (
    concerns: (file: string) => boolean,
    brokenIn: (source: SourceFile) => readonly string[],
  ): ProjectRule['judge'] =>
  (sources) => {
    const ours = sources.filter(({ file }) => concerns(file))
    return { checked: ours.length, broken: ours.flatMap(brokenIn) }
  }
