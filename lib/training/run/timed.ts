/** How long the parts of a run take inside its process: each is reported when it ends, and a part that has several
 *  pieces several times. */
import type { RunPart } from '#lib/domain/run-parts.ts'
import type { RunPorts } from './ports.ts'

type TimedPorts = Pick<RunPorts, 'report' | 'clock'>

export async function timed<T>(
  part: RunPart,
  { report, clock }: TimedPorts,
  work: () => Promise<T>,
): Promise<T> {
  const startedAt = clock()
  try {
    return await work()
  } finally {
    report({ kind: 'part', part, seconds: clock() - startedAt })
  }
}
