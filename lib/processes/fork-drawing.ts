/** Forks the process that draws the first pictures, and waits until it has ended. */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { inheritedFlags } from './environment.ts'

const ENTRY = path.join(import.meta.dirname, 'drawing.ts')

/** Aborted, it is asked to end, and takes back what it had begun. */
export async function drawnElsewhere(signal: AbortSignal): Promise<void> {
  const child = fork(ENTRY, { execArgv: inheritedFlags(), stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
  const stop = (): void => void child.kill('SIGTERM')
  signal.addEventListener('abort', stop, { once: true })
  await once(child, 'exit')
  signal.removeEventListener('abort', stop)
}
