/** The child's own side: reports `ready` or why not, receives its parent's messages, and ends with it. */
import { messageOf } from '#lib/domain/errors.ts'
import type { Message } from './child.ts'

export type Say<From> = (message: From, then?: () => void) => void

/** The first message to the parent, and the handler of everything that it sends. */
export type ChildHandle<To, From extends Message> = {
  readonly ready: Omit<Extract<From, { kind: 'ready' }>, 'kind'>
  readonly hear: (message: To) => void
}

/**
 * Messages that arrive while `open` runs are delivered afterwards. An error of `open` is reported to the
 * parent, and ends the process.
 */
export async function runChild<To, From extends Message>(
  open: (say: Say<From>) => ChildHandle<To, From> | Promise<ChildHandle<To, From>>,
): Promise<void> {
  endWithParent()
  leaveSignalsToParent()
  const send = (message: object, then = (): void => {}): void => void process.send?.(message, then)
  try {
    const { ready, hear } = await open((message, then) => send(message, then))
    process.on('message', (message) => hear(message as To)) // the parent sends nothing else
    send({ kind: 'ready', ...ready })
  } catch (error) {
    send({ kind: 'unable', reason: messageOf(error) }, () => process.exit(1))
  }
}

const endWithParent = (): void => void process.on('disconnect', () => process.exit(0))

/** A terminal sends these to all processes; the parent decides when its children end. */
export function leaveSignalsToParent(): void {
  for (const signal of ['SIGINT', 'SIGHUP'] as const) process.on(signal, () => {})
}
