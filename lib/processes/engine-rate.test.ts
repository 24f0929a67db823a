import { fork } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'

test('the measurement of an engine ends with the process that needs it', async () => {
  const child = fork(path.join(import.meta.dirname, 'engine-rate.ts'), ['wasm'], {
    execArgv: ['--disable-warning=ExperimentalWarning'],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  await once(child, 'spawn')
  let errors = ''
  child.stderr?.on('data', (text: Buffer) => (errors += text.toString()))

  child.disconnect()

  expect([await once(child, 'exit'), errors]).toEqual([[0, null], ''])
})
