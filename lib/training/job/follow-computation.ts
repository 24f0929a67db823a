/** Work of a training process after which it stays: it computes features, refits a last layer, or measures
 *  robustness. */
import type { ToTraining } from '#lib/contracts/ipc.ts'
import type { EngineName } from '#lib/domain/classifier.ts'
import type { EnginePurpose, TrainingChild } from '../ports.ts'
import type { TrainingProcesses } from './idle-process.ts'

type ComputationRequest = Extract<ToTraining, { kind: 'features' | 'refit' | 'robustness' }>

/** In the idle process where it fits; the process is idle again afterwards.
 *  @returns how the work ended: `computed`, `cancelled`, or why it failed */
export async function computeIn(
  processes: TrainingProcesses,
  how: { readonly requested: EngineName | 'auto'; readonly purpose: EnginePurpose },
  request: ComputationRequest,
  signal: AbortSignal,
): Promise<string> {
  const child = processes.fork(how.requested, how.purpose)
  const { end, engine } = await followComputation(child, request, signal)
  if (engine !== null) processes.keep(child, { ...how, engine })
  return end
}

/** `engine`: that of the process, which is still there and without work; null where it has exited. */
function followComputation(
  child: TrainingChild,
  request: ComputationRequest,
  signal: AbortSignal,
): Promise<{ readonly end: string; readonly engine: EngineName | null }> {
  return new Promise((resolve) => {
    let engine: EngineName | null = null
    let reason = ''
    const cancel = (): void => child.send({ kind: 'cancel' })
    const settle = (end: string, isThere: boolean): void => {
      signal.removeEventListener('abort', cancel)
      resolve({ end, engine: isThere ? engine : null })
    }
    signal.addEventListener('abort', cancel, { once: true })
    child.listen({
      message(message) {
        switch (message.kind) {
          case 'ready':
            engine = message.engine
            child.send(request)
            if (signal.aborted) cancel()
            break
          case 'unable':
            reason = message.reason
            break
          case 'failed':
            settle(message.failure.reason, true)
            break
          case 'computed':
          case 'cancelled':
            settle(message.kind, true)
        }
      },
      exit: (cause) => settle(reason || cause, false),
    })
  })
}
