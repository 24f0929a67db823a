/** Follows a run from the parent of its child: starts it, passes its messages on until it ends, and tells the
 *  four outcomes apart. It displays nothing and writes nothing. */
import type { FromTraining } from '#lib/contracts/ipc.ts'
import type { ProbeFigures } from '#lib/contracts/probe.ts'
import type { EngineName } from '#lib/domain/classifier.ts'
import { DarkroomError, reportedError, STATUS_OF, type FailureReport } from '#lib/domain/errors.ts'
import type { TrainingChild } from '../ports.ts'

export type RunEnd =
  | { readonly kind: 'sealed'; readonly folder: string }
  | { readonly kind: 'cancelled' }
  | {
      readonly kind: 'failed'
      readonly failure: FailureReport
      readonly cause?: string | undefined
    }
  /** The process died: killed, out of memory, or crashed. The run can continue from its checkpoint. */
  | { readonly kind: 'died'; readonly cause: string }

export type RunToFollow = {
  readonly child: TrainingChild
  readonly folder: string
  readonly resume: boolean
  readonly onReady: (engine: EngineName) => void
  readonly onMessage: (message: FromTraining) => void
  readonly signal: AbortSignal
}

export function followRun({
  child,
  folder,
  resume,
  onReady,
  onMessage,
  signal,
}: RunToFollow): Promise<RunEnd> {
  return new Promise((resolve) => {
    let end: RunEnd | null = null
    const cancel = (): void => child.send({ kind: 'cancel' })
    signal.addEventListener('abort', cancel, { once: true })
    child.listen({
      message(message) {
        switch (message.kind) {
          case 'ready':
            onReady(message.engine)
            child.send({ kind: 'train', folder, resume })
            if (signal.aborted) cancel()
            break
          case 'unable':
            end = { kind: 'failed', failure: notStarted(message.reason) }
            break
          case 'sealed':
            end = { kind: 'sealed', folder: message.folder }
            break
          case 'cancelled':
            end = { kind: 'cancelled' }
            break
          case 'failed':
            end = { kind: 'failed', failure: message.failure, cause: message.cause }
            break
        }
        onMessage(message)
      },
      exit(cause) {
        signal.removeEventListener('abort', cancel)
        resolve(end ?? { kind: 'died', cause })
      },
    })
  })
}

/** Follows a probe from the parent of its child: the figures, or a failure described in words. */
export function followProbe({
  child,
  folder,
  images,
  signal,
}: {
  child: TrainingChild
  folder: string
  images: number
  signal: AbortSignal
}): Promise<ProbeFigures> {
  return new Promise((resolve, reject) => {
    let reason = ''
    let refusal: DarkroomError | null = null
    const cancel = (): void => child.send({ kind: 'cancel' })
    signal.addEventListener('abort', cancel, { once: true })
    child.listen({
      message(message) {
        if (message.kind === 'ready') child.send({ kind: 'probe', folder, images })
        else if (message.kind === 'probed') resolve(message.figures)
        else if (message.kind === 'unable') reason = message.reason
        else if (message.kind === 'failed') {
          if (STATUS_OF[message.failure.code] === 422) refusal = reportedError(message.failure)
          else reason = message.failure.reason
        }
      },
      exit(cause) {
        signal.removeEventListener('abort', cancel)
        reject(
          refusal ??
            new DarkroomError(signal.aborted ? 'client_closed' : 'not_ready', {
              what: 'The duration of the training run could not be measured',
              why: reason || `the process that measured it ended (${cause})`,
              remedy: 'You can train without the forecast.',
            }),
        )
      },
    })
  })
}

const notStarted = (reason: string): FailureReport => ({
  code: 'not_ready',
  summary: 'The training process did not start',
  reason,
  action: 'See the log for details, then start the training again.',
})
