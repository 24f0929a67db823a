/** One long-lived child of the supervisor, web or worker: started, heard, started again when it ends unasked.
 *  What it does, it knows itself. */
import type { ChildProcess } from 'node:child_process'
import type { FromManaged, ToManaged } from '#lib/contracts/ipc.ts'
import { createRestarts } from '#lib/domain/restart.ts'
import type { Log } from '#lib/operations/log.ts'

/** From the request to stop to KILL; a drain may take 10 s. */
const LONGEST_STOP_MS = 11_000

export type ManagedParts = {
  readonly name: string
  readonly start: () => ChildProcess
  readonly hear: (message: FromManaged, from: Managed) => void
  /** Has ended by itself, after so many failed starts in a row. */
  readonly ended: (failedStarts: number, from: Managed) => void
  readonly log: Log
}

export type Managed = {
  readonly name: string
  readonly pid: () => number | null
  /** Has said `started` since it was last begun. */
  readonly isStarted: () => boolean
  readonly tell: (message: ToManaged) => void
  readonly stop: () => Promise<void>
}

export function manage({ name, start, hear, ended, log }: ManagedParts): Managed {
  let child: ChildProcess | null = null
  let isStarted = false
  let isStopping = false
  const restarts = createRestarts()
  let timer: NodeJS.Timeout | undefined

  const managed: Managed = {
    name,
    pid: () => child?.pid ?? null,
    isStarted: () => isStarted,
    tell: (message) => {
      if (child?.connected) child.send(message, () => {})
    },
    stop,
  }
  begin()
  return managed

  function begin(): void {
    const current = start()
    child = current
    isStarted = false
    current.on('message', (message) => {
      const said = message as FromManaged // web and worker say nothing else
      if (said.kind === 'started') {
        isStarted = true
        restarts.started()
      }
      hear(said, managed)
    })
    current.on('error', (error) => log('error', `${name} cannot be started`, { error }))
    current.once('exit', (code, signal) => {
      child = null
      isStarted = false
      if (isStopping) return
      const { waitMs, failedStarts } = restarts.ended(signal ?? `code ${code}`)
      log(
        'error',
        `${name} ended (${signal ?? `code ${code}`}). It is restarted${waitMs > 0 ? ` in ${waitMs} ms` : ''}.`,
        { child_pid: current.pid, failed_starts: failedStarts },
      )
      timer = setTimeout(begin, waitMs)
      ended(failedStarts, managed)
    })
  }

  async function stop(): Promise<void> {
    isStopping = true
    clearTimeout(timer)
    const current = child
    if (current === null || current.exitCode !== null || current.signalCode !== null) return
    managed.tell({ kind: 'stop' })
    const kill = setTimeout(() => {
      log('error', `${name} did not end within ${LONGEST_STOP_MS / 1000} s and is killed`)
      current.kill('SIGKILL')
    }, LONGEST_STOP_MS)
    await new Promise((resolve) => current.once('exit', resolve))
    clearTimeout(kill)
  }
}
