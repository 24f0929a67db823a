/**
 * One named child of the pool: sends it requests, and loads the current versions into it each time it
 * starts. The port `StartChild` decides how it is started and restarted; the pool decides which versions it
 * loads and which images it computes.
 */
import type { InferenceMessage, StartupMessage, InferenceCommand } from '#lib/contracts/ipc.ts'
import type { EngineName } from '#lib/domain/classifier.ts'
import type { SteadyClock } from '#lib/domain/ports.ts'
import type { StartChild } from './ports.ts'

/** The child ended, by itself or because it hung, before it replied. Never leaves the pool. */
export class ChildProcessExited extends Error {}

type Answer = Exclude<InferenceMessage, StartupMessage>
type Question = Extract<InferenceCommand, { id: number }>
type WithoutId<Q> = Q extends Question ? Omit<Q, 'id'> : never

export type InferenceChildParts = {
  readonly name: string
  readonly start: StartChild
  readonly clock: SteadyClock
  /** Loads the current versions into a child that is ready; it counts as available only afterwards. */
  readonly prepare: (child: InferenceChild) => Promise<void>
  readonly changed: (child: InferenceChild) => void
}

export type InferenceChild = {
  readonly name: string
  readonly pid: () => number | null
  state: 'starting' | 'ready' | 'away' | 'ended'
  /** Requests that it is working on, the one that waits included. */
  running: number
  engine: EngineName | null
  /** Why it is not ready, for health. */
  reason: string
  readonly loaded: Set<string>
  readonly request: (question: WithoutId<Question>, timeoutMs: number) => Promise<Answer>
  readonly send: (message: Exclude<InferenceCommand, Question>) => void
  readonly end: () => Promise<void>
}

type PendingCall = {
  readonly resolve: (answer: Answer) => void
  readonly reject: (error: unknown) => void
  readonly cancelTimeout: () => void
}

export function createInferenceChild({
  name,
  start,
  clock,
  prepare,
  changed,
}: InferenceChildParts): InferenceChild {
  const pending = new Map<number, PendingCall>()
  let lastId = 0

  const running = start(name, {
    async ready({ engine }) {
      Object.assign(child, { state: 'starting', engine })
      await prepare(child)
      if (child.state !== 'starting') return {}
      Object.assign(child, { state: 'ready', reason: '' })
      changed(child)
      return { engine }
    },
    message: hear,
    ended({ reason }) {
      Object.assign(child, { state: 'away', running: 0, reason })
      forget(reason)
      changed(child)
    },
  })
  const child: InferenceChild = {
    name,
    pid: running.pid,
    state: 'starting',
    running: 0,
    engine: null,
    reason: 'it is starting',
    loaded: new Set(),
    request: request,
    send: running.send,
    end,
  }
  return child

  function hear(message: Exclude<InferenceMessage, { kind: 'ready' }>): void {
    if (message.kind === 'unable') return // its end follows, with this reason
    const question = pending.get(message.id)
    pending.delete(message.id)
    question?.cancelTimeout()
    question?.resolve(message)
  }

  function request(question: WithoutId<Question>, timeoutMs: number): Promise<Answer> {
    return new Promise((resolve, reject) => {
      if (running.pid() === null) return reject(new ChildProcessExited(`${name} is not running`))
      const id = ++lastId
      const cancelTimeout = clock.after(timeoutMs, () =>
        running.abort(`it did not reply to "${question.kind}" within ${timeoutMs / 1000} s`),
      )
      pending.set(id, { resolve, reject, cancelTimeout })
      running.send({ ...question, id })
    })
  }

  function forget(reason: string): void {
    child.loaded.clear()
    for (const { reject, cancelTimeout } of pending.values()) {
      cancelTimeout()
      reject(new ChildProcessExited(reason))
    }
    pending.clear()
  }

  async function end(): Promise<void> {
    child.state = 'ended'
    await running.stop()
    forget('it was ended')
  }
}
