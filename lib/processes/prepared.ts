/** The supervisor's side of prepare.ts: waits until the data is prepared, or throws with the reason why not. */
import { fork } from 'node:child_process'
import path from 'node:path'
import type { FromPreparing } from '#lib/contracts/ipc.ts'
import { childEnvironment, CHILD_FLAGS } from './environment.ts'

export type Prepared = Extract<FromPreparing, { kind: 'prepared' }>

export function prepared(): Promise<Prepared> {
  const child = fork(path.join(import.meta.dirname, 'prepare.ts'), {
    env: childEnvironment(),
    execArgv: CHILD_FLAGS,
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  return new Promise((resolve, reject) => {
    child.on('message', (message) => {
      const said = message as FromPreparing // prepare.ts says nothing else
      if (said.kind === 'prepared') resolve(said)
      else reject(new Error(said.reason))
    })
    child.once('error', reject)
    child.once('exit', (code, signal) =>
      reject(new Error(`the process that prepares the data ended (${signal ?? `code ${code}`})`)),
    )
  })
}
