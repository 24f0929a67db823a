/** What a run reports about its work: the progress of each stage, a few times a second with the remaining time, and how
 *  long each part took. It does no work itself. */
import type { RunPart } from '#lib/domain/run-parts.ts'
import type { RunStage } from '#lib/domain/run-stages.ts'
import type { RunPorts } from './ports.ts'

const REPORT_EVERY = 0.5 // seconds

export type Stage = {
  /** Adds to the finished count. */
  readonly advance: (count: number) => void
  /** Adds to the expected total; has no effect while the total is unknown. */
  readonly expect: (count: number) => void
  /** Reports the stage as complete, whatever was expected. */
  readonly finish: () => void
}

/** @param total the size of the stage, for example in images; null while it is unknown
 *  @param done what is finished before the stage starts, for example before a run was resumed */
export function startStage(
  stage: RunStage,
  { total, done = 0 }: { readonly total: number | null; readonly done?: number },
  { report, clock }: Pick<RunPorts, 'report' | 'clock'>,
): Stage {
  const first = done
  const startedAt = clock()
  let count = done
  let expected = total
  let reportedAt = startedAt
  let reported = ''
  const secondsLeft = (now: number): number | null =>
    expected === null || count === first
      ? null
      : ((now - startedAt) / (count - first)) * Math.max(0, expected - count)
  const reportNow = (now: number): void => {
    reportedAt = now
    reported = `${count} of ${expected}`
    report({
      kind: 'stage',
      stage,
      done: count,
      total: expected === null ? null : Math.max(expected, count),
      etaSeconds: secondsLeft(now),
    })
  }
  reportNow(startedAt)
  return {
    advance(more) {
      count += more
      const now = clock()
      if (now - reportedAt >= REPORT_EVERY) reportNow(now)
    },
    expect(more) {
      if (expected !== null) expected += more
    },
    finish() {
      expected = Math.max(expected ?? 0, count)
      count = expected
      if (reported !== `${count} of ${expected}`) reportNow(clock())
    },
  }
}

/** Reports how long the work took when it ends; a part that has several pieces is reported several times. */
export async function timed<T>(
  part: RunPart,
  { report, clock }: Pick<RunPorts, 'report' | 'clock'>,
  work: () => Promise<T>,
): Promise<T> {
  const startedAt = clock()
  try {
    return await work()
  } finally {
    report({ kind: 'part', part, seconds: clock() - startedAt })
  }
}
