/**
 * Keeps one child running: starts it, waits until it is ready, restarts it when it exits unexpectedly, and
 * shuts it down cleanly. One policy for every long-running process; the owner handles the child's messages.
 */
import type { Child, Message } from './child.ts'
import { messageOf } from '#lib/domain/errors.ts'
import type { LogLine, SteadyClock } from '#lib/domain/ports.ts'
import { createRestarts } from '#lib/domain/restart.ts'

/** Of a child that sends a message every second. */
const SILENCE_TO_LOG_MS = 3_000

/** How a child is started and stopped. */
export type Policy<To, From> = {
  readonly fork: () => Child<To, From>
  readonly clock: SteadyClock
  readonly log: LogLine
  /** A child that has not sent `ready` by then is killed. Infinity: no limit. */
  readonly startTimeoutMs: number
  /** Sent to stop the child (SIGTERM if absent); after the timeout it is killed. */
  readonly stop: { readonly message?: To; readonly timeoutMs: number }
  /**
   * For a child that sends a message again and again: once it was ready, it is killed when none has arrived for
   * `mostMs`. Absent: a child may be silent.
   */
  readonly silence?: { readonly lookEveryMs: number; readonly mostMs: number }
}

/** Callbacks for the owner. */
export type Events<From extends Message> = {
  /**
   * Called when the child sends `ready`. The child counts as started once this resolves; a rejection ends it.
   * Returns fields for the log.
   */
  readonly ready: (message: Extract<From, { kind: 'ready' }>) => Promise<Readonly<Record<string, unknown>>>
  /** Every other message, `unable` included. */
  readonly message: (message: Exclude<From, { kind: 'ready' }>) => void
  /** The child exited unexpectedly and is restarted after `waitMs`. */
  readonly ended: (end: End) => void
}

export type End = {
  /** The last error from the child or its owner, otherwise the signal or exit code. */
  readonly reason: string
  readonly waitMs: number
  /** Consecutive failed starts, this one included. */
  readonly failedStarts: number
}

export type SupervisedChild<To> = {
  /** Null while no process is running. */
  readonly pid: () => number | null
  /** Does nothing while no process is running. */
  readonly send: (message: To, handle?: object) => void
  /** How long a child that was ready has sent nothing; 0 without `silence` in its policy. */
  readonly silentMs: () => number
  /** Kills a child that hangs; `reason` is reported as the cause of its exit. */
  readonly abort: (reason: string) => void
  /** Resolves when the child has exited. It is not restarted. */
  readonly stop: () => Promise<void>
}

export function superviseChild<To, From extends Message>(
  name: string,
  { fork, clock, log, startTimeoutMs, stop, silence }: Policy<To, From>,
  events: Events<From>,
): SupervisedChild<To> {
  const restarts = createRestarts()
  let child: Child<To, From> | null = null
  let startedAt = 0
  let lastError = ''
  let isStopping = false
  let silentMs = 0
  let cancelLook = (): void => {}
  let cancelTimer = (): void => {}
  let hasEnded = (): void => {}

  start()
  return {
    pid: () => child?.pid ?? null,
    send: (message, handle) => child?.send(message, handle),
    silentMs: () => silentMs,
    abort,
    stop: end,
  }

  function start(): void {
    lastError = ''
    startedAt = clock.now()
    const current = forked()
    if (current === null) return
    child = current
    current.listen({
      message: (message) => {
        if (child === current) receive(current, message)
      },
      exit: (cause) => {
        if (child === current) exited(cause)
      },
    })
    if (startTimeoutMs < Infinity)
      cancelTimer = clock.after(startTimeoutMs, () =>
        abort(`it was not ready within ${startTimeoutMs / 1000} s`),
      )
  }

  /** Forking throws when the system is out of memory or processes; that counts as a failed start. */
  function forked(): Child<To, From> | null {
    try {
      return fork()
    } catch (error) {
      queueMicrotask(() => exited(messageOf(error)))
      return null
    }
  }

  function receive(current: Child<To, From>, message: From): void {
    if (silence && silentMs >= SILENCE_TO_LOG_MS)
      log('warn', `${name} did not respond for ${silentMs / 1000} s`, { child_pid: current.pid })
    silentMs = 0
    if (isReady(message)) {
      cancelTimer()
      void begin(current, message)
      return
    }
    if (isUnable(message)) lastError = message.reason
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
    look()
    log('info', `${name} is ready`, {
      child_pid: current.pid,
      ms: Math.round(clock.now() - startedAt),
      ...fields,
    })
  }

  /** Adds up looks instead of comparing times: while this process is itself suspended, no message can arrive. */
  function look(): void {
    if (!silence) return
    cancelLook = clock.after(silence.lookEveryMs, () => {
      silentMs += silence.lookEveryMs
      if (silentMs < silence.mostMs) look()
      else abort(`it has not responded for ${silence.mostMs / 1000} s`)
    })
  }

  function abort(reason: string): void {
    lastError = reason
    log('error', `${name} is being stopped: ${reason}`, { child_pid: child?.pid })
    child?.kill('SIGKILL')
  }

  function exited(cause: string): void {
    const pid = child?.pid
    child = null
    silentMs = 0
    cancelLook()
    cancelTimer()
    if (isStopping) return hasEnded()
    const reason = lastError || cause
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
    cancelLook()
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
