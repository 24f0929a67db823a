/** What every law looks like, and how one is held: a law that saw fewer places than its floor is asleep, and
 *  that fails too. The laws themselves are listed in laws.ts. */
import type { SourceFile } from './sources.ts'

export type Judgement = {
  /** How many places the law looked at. */
  readonly seen: number
  /** One sentence each, beginning with the place. */
  readonly broken: readonly string[]
}

export type Law = {
  /** A sentence about the program. */
  readonly name: string
  /** What `seen` counts, in the plural. */
  readonly counts: string
  /** Fewer than this were never right: the law has stopped seeing. Raised as the program grows. */
  readonly floor: number
  readonly judge: (sources: readonly SourceFile[]) => Judgement
}

export function hold(law: Law, sources: readonly SourceFile[]): Judgement {
  const { seen, broken } = law.judge(sources)
  if (seen >= law.floor) return { seen, broken }
  return {
    seen,
    broken: [
      ...broken,
      `The rule "${law.name}" checked ${seen} ${law.counts}, fewer than its minimum of ${law.floor}: it no ` +
        'longer covers the program.',
    ],
  }
}

/** A law that looks at each file alone. */
export const eachFile =
  (concerns: (file: string) => boolean, brokenIn: (source: SourceFile) => readonly string[]): Law['judge'] =>
  (sources) => {
    const ours = sources.filter(({ file }) => concerns(file))
    return { seen: ours.length, broken: ours.flatMap(brokenIn) }
  }
