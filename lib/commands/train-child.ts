/** Forks the training child for a command, as the worker does for a job. */
import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { FromTraining, ToTraining } from '#lib/contracts/ipc.ts'
import type { ForkTraining } from '#lib/training/ports.ts'

const ENTRY = fileURLToPath(new URL('../processes/training.ts', import.meta.url))

export const forkTraining: ForkTraining = (engine) => {
  const child = fork(ENTRY, [engine], { serialization: 'advanced', execArgv: ['--disable-warning=ExperimentalWarning'] })
  return {
    pid: child.pid!,
    send: (message: ToTraining) => { if (child.connected) child.send(message) },
    kill: (signal) => { child.kill(signal) },
    listen({ message, exit }) {
      child.on('message', (value) => message(value as FromTraining)) // our own child: its messages are the contract's
      child.on('exit', (code, signal) => exit(signal ?? `exit code ${code}`))
    },
  }
}
