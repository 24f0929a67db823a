/**
 * Forks a process of this program as a typed child: byte arrays arrive intact, and each line of its output
 * is passed on. It restarts nothing.
 */
import { fork, type ChildProcess, type SendHandle } from 'node:child_process'
import type { Child, ChildListener } from './child.ts'
import { eachLine } from './output-lines.ts'

export type ForkOptions = {
  /** The file to run. */
  readonly entry: string
  readonly args?: readonly string[]
  readonly flags?: readonly string[]
  /** Default: the parent's. */
  readonly env?: NodeJS.ProcessEnv
  /** What happens to its standard output; its error output is always passed on by line. */
  readonly stdout?: 'lines' | 'inherit' | 'ignore'
  readonly onLine: (line: string) => void
}

export function forkChild<To, From>({
  entry,
  args = [],
  flags = [],
  env,
  stdout = 'lines',
  onLine,
}: ForkOptions): Child<To, From> {
  const child = fork(entry, args, {
    ...(env && { env }),
    execArgv: [...flags],
    serialization: 'advanced',
    stdio: ['ignore', stdout === 'lines' ? 'pipe' : stdout, 'pipe', 'ipc'],
  })
  return asChild(child, onLine)
}

function asChild<To, From>(child: ChildProcess, onLine: (line: string) => void): Child<To, From> {
  eachLine(child.stdout, onLine)
  eachLine(child.stderr, onLine)
  const early: ((to: ChildListener<From>) => void)[] = []
  let events: ChildListener<From> | null = null
  let hasEnded = false
  const tell = (event: (to: ChildListener<From>) => void): void => {
    if (events) event(events)
    else early.push(event)
  }
  const ended = (cause: string): void => {
    if (!hasEnded) tell(({ exit }) => exit(cause))
    hasEnded = true
  }
  child.on('message', (message) => tell((to) => to.message(message as From))) // its entry sends nothing else
  child.on('error', (error) => {
    if (child.pid === undefined) ended(error.message) // otherwise a message or signal was lost, and `exit` follows
  })
  child.once('exit', (code, signal) => ended(signal ?? `code ${code}`))
  return {
    pid: child.pid ?? 0,
    send: (message, handle) => {
      if (child.connected) child.send(message as object, handle as SendHandle | undefined, () => {})
    },
    kill: (signal) => void child.kill(signal),
    listen: (to) =>
      queueMicrotask(() => {
        events = to
        for (const event of early.splice(0)) event(to)
      }),
  }
}
