/**
 * Handles the messages of an inference child's parent, one at a time. loaded-models.ts knows which models
 * are loaded and how they compute; the caller transports the messages.
 */
import type { InferenceMessage, InferenceCommand } from '#lib/contracts/ipc.ts'
import { isDarkroomError, messageOf, reportOf } from '#lib/domain/errors.ts'
import type { LoadedModels } from './loaded-models.ts'
import { oneAtATime } from './serial-queue.ts'

export type AnswerPorts = {
  readonly say: (message: InferenceMessage) => void
  /** A model could not be unloaded; no request waits for that. */
  readonly failed: (error: unknown) => void
}

/**
 * One after the other: an engine does one thing at a time, more processes rather than threads use more
 * cores, and a version is loaded before it is used.
 */
export function answerInference(
  models: LoadedModels,
  { say, failed }: AnswerPorts,
): (message: InferenceCommand) => void {
  const queue = oneAtATime(failed)
  /** An error in a turn is sent as its reply. */
  const inTurn = (id: number, work: () => Promise<void>): void =>
    queue(() => work().catch((error: unknown) => say(failure(id, error))))

  return (message) => {
    switch (message.kind) {
      case 'unload':
        return queue(() => models.unload(message.key))
      case 'load':
        return inTurn(message.id, async () => {
          const loaded = await models.load(message.version)
          say({ kind: 'loaded', id: message.id, key: message.version.key, ...loaded })
        })
      case 'infer':
        return inTurn(message.id, async () =>
          say({ kind: 'inferred', id: message.id, ...(await models.infer(message)) }),
        )
    }
  }
}

function failure(id: number, error: unknown): Extract<InferenceMessage, { kind: 'failed' }> {
  if (isDarkroomError(error)) return { kind: 'failed', id, failure: reportOf(error) }
  return {
    kind: 'failed',
    id,
    failure: {
      code: 'internal',
      summary: 'The inference engine failed',
      reason: messageOf(error),
      action: 'Try again. /api/health shows the state of the engine.',
    },
  }
}
