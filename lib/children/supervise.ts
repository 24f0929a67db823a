/** Keeps one child running: starts it, waits until it can work, starts it again when it ends unasked, and ends it in
 *  order. One policy for every process that goes on running; what a child does and says is its owner's business. */
import type { Child, Message } from './child.ts'
import { messageOf } from '#lib/domain/errors.ts'
import type { LogLine, SteadyClock } from '#lib/domain/ports.ts'
import { createRestarts } from '#lib/domain/restart.ts'

/** How the child of a name is started and ended. */
export type Policy<To, From> = {
  readonly fork: () => Child<To, From>
  readonly clock: SteadyClock
  readonly log: LogLine
  /** It is ended when it has not said `ready` by then. Infinity: it may take any time. */
  readonly startTimeoutMs: number
  /** It is asked to end by this message, or by SIGTERM where there is none; after so long it is killed. */
  readonly stop: { readonly message?: To; readonly timeoutMs: number }
}

/** What its owner hears of it. */
export type Events<From extends Message> = {
  /** It said `ready`. It has started when this is done; what this throws ends the child. Returns fields for the log. */
  readonly ready: (message: Extract<From, { kind: 'ready' }>) => Promise<Readonly<Record<string, unknown>>>
  /** Everything else that it says, `unable` included. */
  readonly message: (message: Exclude<From, { kind: 'ready' }>) => void
  /** It ended unasked and is restarted after `waitMs`. */
  readonly ended: (end: End) => void
}

export type End = {
  /** What the child or its owner said last, else the signal or code. */
  readonly reason: string
  readonly waitMs: number
  /** In a row, this one included. */
  readonly failedStarts: number
}

export type SupervisedChild<To> = {
  /** Null while it is away. */
  readonly pid: () => number | null
  /** Nothing happens while it is away. */
  readonly send: (message: To, handle?: object) => void
  /** Kills a child that hangs; `reason` is what its end is put down to. */
  readonly abort: (reason: string) => void
  /** Resolves when it has ended. It is not started again. */
  readonly stop: () => Promise<void>
}

export function superviseChild<To, From extends Message>(
  name: string,
  { fork, clock, log, startTimeoutMs, stop }: Policy<To, From>,
  events: Events<From>,
): SupervisedChild<To> {
  const restarts = createRestarts()
  let child: Child<To, From> | null = null
  let startedAt = 0
  let complaint = ''
  let isStopping = false
  let cancelTimer = (): void => {}
  let hasEnded = (): void => {}

  start()
  return {
    pid: () => child?.pid ?? null,
    send: (message, handle) => child?.send(message, handle),
    abort,
    stop: end,
  }

  function start(): void {
    complaint = ''
    startedAt = clock.now()
    const current = forked()
    if (current === null) return
    child = current
    current.listen({
      message: (message) => {
        if (child === current) hear(current, message)
      },
      exit: (cause) => {
        if (child === current) gone(cause)
      },
    })
    if (startTimeoutMs < Infinity)
      cancelTimer = clock.after(startTimeoutMs, () =>
        abort(`it was not ready within ${startTimeoutMs / 1000} s`),
      )
  }

  /** Where the system has no memory or no process left, forking itself throws; that is a failed start. */
  function forked(): Child<To, From> | null {
    try {
      return fork()
    } catch (error) {
      queueMicrotask(() => gone(messageOf(error)))
      return null
    }
  }

  function hear(current: Child<To, From>, message: From): void {
    if (isReady(message)) {
      cancelTimer()
      void begin(current, message)
      return
    }
    if (isUnable(message)) complaint = message.reason
    events.message(message as Exclude<From, { kind: 'ready' }>)
  }

  async function begin(current: Child<To, From>, message: Extract<From, { kind: 'ready' }>): Promise<void> {
    let fields: Readonly<Record<string, unknown>>
    try {
      fields = await events.ready(message)
    } catch (error) {
      if (child === current) abort(messageOf(error))
      return
    }
    if (child !== current) return
    restarts.started()
    log('info', `${name} is ready`, {
      child_pid: current.pid,
      ms: Math.round(clock.now() - startedAt),
      ...fields,
    })
  }

  function abort(reason: string): void {
    complaint = reason
    log('error', `${name} is being stopped: ${reason}`, { child_pid: child?.pid })
    child?.kill('SIGKILL')
  }

  function gone(cause: string): void {
    const pid = child?.pid
    child = null
    cancelTimer()
    if (isStopping) return hasEnded()
    const reason = complaint || cause
    const { waitMs, failedStarts } = restarts.ended(reason)
    log('error', `${name} ended: ${reason}. It is restarted${waitMs > 0 ? ` in ${waitMs} ms` : ''}.`, {
      child_pid: pid,
      cause,
      failed_starts: failedStarts,
    })
    events.ended({ reason, waitMs, failedStarts })
    if (!isStopping) cancelTimer = clock.after(waitMs, start)
  }

  async function end(): Promise<void> {
    cancelTimer()
    isStopping = true
    const current = child
    if (current === null) return
    await new Promise<void>((resolve) => {
      const cancelKill = clock.after(stop.timeoutMs, () => {
        log('error', `${name} did not end within ${stop.timeoutMs / 1000} s and is killed`, {
          child_pid: current.pid,
        })
        current.kill('SIGKILL')
      })
      hasEnded = () => {
        cancelKill()
        resolve()
      }
      if (stop.message === undefined) current.kill('SIGTERM')
      else current.send(stop.message)
    })
  }
}

const isReady = <From extends Message>(message: From): message is Extract<From, { kind: 'ready' }> =>
  message.kind === 'ready'

const isUnable = (message: Message): message is { kind: 'unable'; reason: string } =>
  message.kind === 'unable' && 'reason' in message && typeof message.reason === 'string'
