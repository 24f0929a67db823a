/** Whether the inference endpoint (INFERENCE_URL) predicts with a version: only after it has reproduced the reference
 *  outputs there, and not for a while after it has failed. It sends nothing itself; remote-inference.ts predicts with
 *  the local engine instead. */
import { messageOf } from '#lib/domain/errors.ts'
import type { LogLine, SteadyClock } from '#lib/domain/ports.ts'

/** In a row; one lost connection is no reason to leave an endpoint. */
const MOST_FAILURES = 3
const FIRST_PAUSE_MS = 1_000
const LONGEST_PAUSE_MS = 60_000

/** What predicts with one version elsewhere. */
export type RemotePort<I, O> = {
  /** Rejects with what is wrong, unless the endpoint has this version. */
  readonly check: () => Promise<void>
  readonly run: (inputs: readonly I[]) => Promise<readonly O[]>
}
export type RemoteState =
  | { readonly kind: 'checking' }
  | { readonly kind: 'in-use' }
  /** It is checked again after a pause. */
  | { readonly kind: 'unavailable'; readonly reason: string }

type RemoteModelParts<I, O> = {
  /** Of the classifier and the version, for the log. */
  readonly name: string
  readonly port: RemotePort<I, O>
  readonly clock: SteadyClock
  readonly log: LogLine
  readonly changed: () => void
}
export type RemoteModel<I, O> = Disposable & {
  readonly state: () => RemoteState
  /** Null: the local engine is to be used, because the endpoint is not in use or has just failed. */
  readonly run: (inputs: readonly I[]) => Promise<readonly O[] | null>
}

export function createRemoteModel<I, O>({
  name,
  port,
  clock,
  log,
  changed,
}: RemoteModelParts<I, O>): RemoteModel<I, O> {
  let state: RemoteState = { kind: 'checking' }
  let failures = 0
  let pauseMs = FIRST_PAUSE_MS
  let isEnded = false
  let cancelTimer = (): void => {}
  void check()

  async function check(): Promise<void> {
    try {
      await port.check()
      if (isEnded) return
      ;[failures, pauseMs] = [0, FIRST_PAUSE_MS]
      state = { kind: 'in-use' }
      log('info', `The inference endpoint predicts with ${name}: it has reproduced the reference outputs`)
      changed()
    } catch (error) {
      leave(messageOf(error))
    }
  }

  function leave(reason: string): void {
    if (isEnded) return
    if (state.kind !== 'unavailable' || state.reason !== reason)
      log('warn', `The inference endpoint is not used for ${name}: ${reason}. The local engine predicts.`)
    state = { kind: 'unavailable', reason }
    cancelTimer = clock.after(pauseMs, () => void check())
    pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)
    changed()
  }

  async function run(inputs: readonly I[]): Promise<readonly O[] | null> {
    if (state.kind !== 'in-use') return null
    try {
      const outputs = await port.run(inputs)
      failures = 0
      return outputs
    } catch (error) {
      failures += 1
      // several requests may be under way when the endpoint fails
      if (failures >= MOST_FAILURES && state.kind === 'in-use') leave(messageOf(error))
      return null
    }
  }

  return {
    state: () => state,
    run,
    [Symbol.dispose]() {
      isEnded = true
      cancelTimer()
    },
  }
}
