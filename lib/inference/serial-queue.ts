/**
 * Executes work in order of arrival, one at a time. A failure is reported and does not block the work
 * behind it. It returns nothing: the work itself delivers its result.
 */

export function oneAtATime(failed: (error: unknown) => void): (work: () => Promise<void>) => void {
  let last: Promise<void> = Promise.resolve()
  return (work) => {
    last = last.then(work).catch(failed)
  }
}
