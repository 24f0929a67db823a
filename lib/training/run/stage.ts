/** The progress of one stage of a run: counts what is done, and reports it a few times a second with the time
 *  that is left. It does no work itself. */
import type { RunStage } from '#lib/domain/run-stages.ts'
import type { RunPorts } from './ports.ts'

const REPORT_EVERY = 0.5 // seconds

export type Stage = {
  /** So many more are done. */
  readonly advance: (count: number) => void
  /** So many more belong to the stage; without effect while its total is not known. */
  readonly expect: (count: number) => void
  /** All of it is done, whatever was expected. */
  readonly finish: () => void
}

/** @param total what the stage counts, such as images; null while it is not known
 *  @param done what is done before the stage starts, for example before a run was resumed */
export function startStage(
  stage: RunStage,
  { total, done = 0 }: { readonly total: number | null; readonly done?: number },
  { say, clock }: Pick<RunPorts, 'say' | 'clock'>,
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
  const report = (now: number): void => {
    reportedAt = now
    reported = `${count} of ${expected}`
    say({
      kind: 'stage',
      stage,
      done: count,
      total: expected === null ? null : Math.max(expected, count),
      etaSeconds: secondsLeft(now),
    })
  }
  report(startedAt)
  return {
    advance(more) {
      count += more
      const now = clock()
      if (now - reportedAt >= REPORT_EVERY) report(now)
    },
    expect(more) {
      if (expected !== null) expected += more
    },
    finish() {
      expected = Math.max(expected ?? 0, count)
      count = expected
      if (reported !== `${count} of ${expected}`) report(clock())
    },
  }
}
