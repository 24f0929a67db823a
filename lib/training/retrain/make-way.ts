/** A person who trains a classifier does not wait for an automatic run of the same classifier. */
import type { Data } from '#lib/data/data.ts'
import { DarkroomError } from '#lib/domain/errors.ts'

/** Comparing cannot be cancelled, and takes seconds. */
const WAIT_MS = 15_000
const LOOK_EVERY_MS = 200

/** Cancels it, or waits until it has ended.
 *  @returns whether there was one: the live version and its images may then be others than before
 *  @throws DarkroomError `already_running` where it has not ended in time. */
export async function makeWayForPerson(
  classifierId: string,
  {
    data,
    now,
    wait,
  }: { readonly data: Data; readonly now: () => number; readonly wait: (ms: number) => Promise<unknown> },
): Promise<boolean> {
  const until = now() + WAIT_MS
  let hasWaited = false
  for (
    let run = await data.runs.active(classifierId);
    run?.isAutomatic;
    run = await data.runs.active(classifierId)
  ) {
    hasWaited = true
    if (now() >= until)
      throw new DarkroomError('already_running', {
        what: 'No training run was started',
        why: 'an automatic one is still in progress',
        remedy: 'Try again in a few seconds.',
      })
    const isQueued =
      run.jobId !== null &&
      run.state !== 'judging' &&
      (await data.jobs.requestCancel(run.jobId, now())) === 'cancelled'
    if (isQueued)
      await data.runs.change(run.id, {
        state: 'cancelled',
        message: 'Cancelled, because a person started a training run.',
      })
    else await wait(LOOK_EVERY_MS)
  }
  return hasWaited
}
