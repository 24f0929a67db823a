/** A long computation in the process of the worker: others run in between. */

const TURN_MS = 10

/** @returns what the computation returns
 *  @throws where the signal stops it */
export async function inTurns<Result>(
  computation: Iterator<unknown, Result>,
  signal: AbortSignal,
): Promise<Result> {
  for (let turn = performance.now(); ;) {
    const { done, value } = computation.next()
    if (done) return value
    if (performance.now() - turn < TURN_MS) continue
    await new Promise((resolve) => setImmediate(resolve))
    signal.throwIfAborted()
    turn = performance.now()
  }
}
