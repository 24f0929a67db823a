/** Work in the order in which it comes, never two at a time. What fails is told and holds up nothing behind
 *  it. It answers nothing: who waits for the work is told by the work. */

export function oneAtATime(failed: (error: unknown) => void): (work: () => Promise<void>) => void {
  let last: Promise<void> = Promise.resolve()
  return (work) => {
    last = last.then(work).catch(failed)
  }
}
