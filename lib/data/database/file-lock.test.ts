import { spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { lockAlone, lockShared } from './file-lock.ts'
import { folderForTest } from '../opened.fakes.ts'

test('a lock is either shared by many or exclusive to one, never both', () => {
  const file = path.join(folderForTest(), 'x.lock')

  const first = lockShared(file)
  const second = lockShared(file)
  expect(lockAlone(file)).toBeNull()

  first?.release()
  second?.release()
  const alone = lockAlone(file)
  expect([alone === null, lockShared(file), lockAlone(file)]).toEqual([false, null, null])

  alone?.release()
  expect(lockShared(file)).not.toBeNull()
})

test('the lock of a process that was killed is free at once', async () => {
  const file = path.join(folderForTest(), 'x.lock')
  const program =
    `const { lockShared } = await import(${JSON.stringify(path.join(import.meta.dirname, 'file-lock.ts'))}); ` +
    `globalThis.lock = lockShared(${JSON.stringify(file)}); process.stdout.write('held'); setInterval(() ` +
    '=> {}, 1e6)'
  const holder = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', '--input-type=module', '-e', program],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  onTestFinished(() => void holder.kill('SIGKILL'))
  await once(holder.stdout, 'data')
  expect(lockAlone(file)).toBeNull()

  holder.kill('SIGKILL')
  await once(holder, 'exit')

  expect(lockAlone(file)).not.toBeNull()
})
