import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'

/** Whether Node has loaded undici in a process of its own after it imported this file. */
function loadsUndici(file: string): string {
  const program =
    `await import(${JSON.stringify(new URL(file, import.meta.url).href)}); ` +
    `process.stdout.write(String(process.moduleLoadList.some((name) => name.includes('undici'))))`
  const { stdout, stderr } = spawnSync(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', '--input-type=module', '-e', program],
    { encoding: 'utf8' },
  )
  return stdout || stderr
}

test('the processes that predict and that execute jobs do not load undici with their modules', () => {
  expect(loadsUndici('../processes/answering/run-answering.ts')).toBe('false')
  expect(loadsUndici('../processes/jobs/compose-worker.ts')).toBe('false')
  expect(loadsUndici('node:http')).toBe('true') // or Node has changed, and node-http.ts may go
})
