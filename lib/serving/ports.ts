/** What serving is given from outside: time, and children that compute. How a child is started and
 *  restarted lib/children knows. */
import type { InferenceMessage, InferenceCommand } from '#lib/contracts/ipc.ts'

/** What is heard of a child that computes. */
export type ChildEvents = {
  /** It can be asked. It has started when this is done; what this throws ends it. Returns fields for the log. */
  readonly ready: (
    message: Extract<InferenceMessage, { kind: 'ready' }>,
  ) => Promise<Readonly<Record<string, unknown>>>
  readonly message: (message: Exclude<InferenceMessage, { kind: 'ready' }>) => void
  /** It ended unasked and is restarted. */
  readonly ended: (end: { readonly reason: string }) => void
}

/** A child that is restarted whenever it ends. */
export type RunningChild = {
  /** Null while it is away. */
  readonly pid: () => number | null
  /** Nothing happens while it is away. */
  readonly send: (message: InferenceCommand) => void
  /** Kills one that hangs, for this reason. */
  readonly abort: (reason: string) => void
  /** Resolves when it has ended. */
  readonly stop: () => Promise<void>
}

export type StartChild = (name: string, events: ChildEvents) => RunningChild
