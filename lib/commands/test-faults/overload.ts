/**
 * More predictions than the machine can serve, batches next to single ones, idle connections and event
 * streams: measured by
 * `npm run bench -- overload`, for as many seconds as the form allows.
 */
import { measureOverload } from '../bench/overload.ts'
import { judged as judgedOverload } from '../bench/overload-verdict.ts'
import type { Context, CheckResult } from './fault-scenario.ts'

export async function overload({ count, say }: Context): Promise<readonly CheckResult[]> {
  const lines = { line: say, passing: say }
  const figures = await measureOverload({ seconds: count({ short: 2, long: 8 }), lines })
  return judgedOverload(figures).map(({ what, figure, wanted, isMet }) => ({
    what,
    expected: wanted,
    measured: figure,
    holds: isMet,
  }))
}
