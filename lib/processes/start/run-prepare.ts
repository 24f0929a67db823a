/**
 * The supervisor's side of prepare.ts: waits until the data is prepared, or throws with the reason of the
 * failure.
 */
import path from 'node:path'
import { forkChild } from '#lib/children/fork.ts'
import { outcomeOf } from '#lib/children/outcome.ts'
import type { PrepareMessage } from '#lib/contracts/ipc.ts'
import { childEnvironment, CHILD_FLAGS } from './environment.ts'

type PreparedData = Extract<PrepareMessage, { kind: 'prepared' }>

export async function prepared(onLine: (line: string) => void): Promise<PreparedData> {
  const child = forkChild<never, PrepareMessage>({
    entry: path.join(import.meta.dirname, '../prepare.ts'),
    env: childEnvironment(),
    flags: CHILD_FLAGS,
    stdout: 'inherit',
    onLine,
  })
  const outcome = await outcomeOf(child, { what: 'the process that prepares the data' })
  if (outcome.kind === 'unable') throw new Error(outcome.reason)
  return outcome
}
