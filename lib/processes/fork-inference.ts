/** Forks inference children, as lib/serving wants them: bytes arrive whole, and their error output is a part of the log. */
import { fork } from 'node:child_process'
import path from 'node:path'
import type { FromInference } from '#lib/contracts/ipc.ts'
import type { Settings } from '#lib/contracts/settings.ts'
import { logLinesOf, type Log } from '#lib/operations/log.ts'
import type { InferenceChild } from '#lib/serving/ports.ts'

const ENTRY = path.join(import.meta.dirname, 'inference.ts')

export function forkInference(engine: Settings['INFERENCE_ENGINE'], log: Log): InferenceChild {
  const child = fork(ENTRY, [engine], { serialization: 'advanced', execArgv: ['--disable-warning=ExperimentalWarning'], stdio: ['ignore', 'pipe', 'pipe', 'ipc'] })
  logLinesOf(child.stdout, 'inference', log)
  logLinesOf(child.stderr, 'inference', log)
  return {
    pid: child.pid ?? 0,
    send: (message) => void child.send(message, () => {}), // a closed channel is told by exit
    kill: (signal) => void child.kill(signal),
    listen: ({ message, exit }) => {
      child.on('message', (said) => message(said as FromInference)) // inference.ts says nothing else
      child.once('error', (error) => exit(error.message))
      child.once('exit', (code, signal) => exit(signal ?? `code ${code}`))
    },
  }
}
