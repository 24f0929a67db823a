/** Forks the training child of the worker, as lib/training wants it; what it writes on its error output is a
 *  part of the log. */
import { fork } from 'node:child_process'
import { availableParallelism } from 'node:os'
import path from 'node:path'
import type { FromTraining } from '#lib/contracts/ipc.ts'
import type { ForkTraining } from '#lib/training/ports.ts'
import { engineEnvironment, inheritedFlags } from './environment.ts'
import type { Heard } from './fork-inference.ts'
import { eachLine } from './lines.ts'

const ENTRY = path.join(import.meta.dirname, 'training.ts')

export const forkTrainingWith =
  (wrote: Heard): ForkTraining =>
  (engine) => {
    const child = fork(ENTRY, [engine], {
      env: engineEnvironment(availableParallelism()),
      serialization: 'advanced',
      execArgv: inheritedFlags(),
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    })
    eachLine(child.stdout, wrote)
    eachLine(child.stderr, wrote)
    return {
      pid: child.pid ?? 0,
      send: (message) => {
        if (child.connected) child.send(message, () => {})
      },
      kill: (signal) => void child.kill(signal),
      listen: ({ message, exit }) => {
        child.on('message', (said) => message(said as FromTraining)) // training.ts says nothing else
        child.once('error', (error) => exit(error.message))
        child.once('exit', (code, signal) => exit(signal ?? `code ${code}`))
      },
    }
  }
