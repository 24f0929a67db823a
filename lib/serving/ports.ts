/**
 * What serving receives from outside: time, and child processes that compute. lib/children knows how a
 * child is started and restarted.
 */
import type { InferenceMessage, InferenceCommand } from '#lib/contracts/ipc.ts'

/** Callbacks for events of a computing child. */
export type ChildEvents = {
  /**
   * The child accepts messages. It has started when the promise resolves; a rejection ends it. Returns
   * fields for the log.
   */
  readonly ready: (
    message: Extract<InferenceMessage, { kind: 'ready' }>,
  ) => Promise<Readonly<Record<string, unknown>>>
  readonly message: (message: Exclude<InferenceMessage, { kind: 'ready' }>) => void
  /** It ended unexpectedly and will be restarted. */
  readonly ended: (end: { readonly reason: string }) => void
}

/** A child process that is restarted whenever it ends. */
export type RunningChild = {
  /** Null while it is not running. */
  readonly pid: () => number | null
  /** Does nothing while it is not running. */
  readonly send: (message: InferenceCommand) => void
  /** Kills a child that hangs, for this reason. */
  readonly abort: (reason: string) => void
  /** Resolves when it has ended. */
  readonly stop: () => Promise<void>
}

export type StartChild = (name: string, events: ChildEvents) => RunningChild
