/** The result of a job, for the request that queued it: the worker runs the job, and this polls until the result
 *  is there. */
import { setTimeout as wait } from 'node:timers/promises'
import type { Data } from '#lib/data/data.ts'
import { DarkroomError, STATUS_OF, type ErrorCode } from '#lib/domain/errors.ts'
import type { JobKind, JobPayloads } from '#lib/domain/jobs.ts'

const POLL_EVERY_MS = 200

export async function resultOf<K extends JobKind>(
  kind: K,
  payload: JobPayloads[K],
  { data, now, signal }: { data: Pick<Data, 'jobs'>; now: () => number; signal: AbortSignal },
): Promise<unknown> {
  const id = await data.jobs.enqueue(kind, payload, now())
  for (;;) {
    const job = await data.jobs.get(id)
    if (job.state === 'done') return job.result
    if (job.state === 'failed' || job.state === 'cancelled') throw jobFailure(kind, job.error)
    try {
      await wait(POLL_EVERY_MS, undefined, { signal })
    } catch (cause) {
      await data.jobs.requestCancel(id, now()) // the request that needed it has ended
      throw new DarkroomError(
        'client_closed',
        {
          what: `The ${kind} was cancelled`,
          why: 'the client disconnected',
          remedy: 'Send the request again.',
        },
        { cause },
      )
    }
  }
}

function jobFailure(kind: JobKind, error: { readonly code: string; readonly message: string } | null): Error {
  const code = error && error.code in STATUS_OF ? (error.code as ErrorCode) : null // checked on this line
  if (!error || !code || code === 'internal')
    return new Error(`The ${kind} failed: ${error?.message ?? 'it was cancelled'}`)
  return new DarkroomError(code, {
    what: `The ${kind} failed`,
    why: error.message.replace(/\.$/, ''),
    remedy: 'Fix the cause and try again.',
  })
}
