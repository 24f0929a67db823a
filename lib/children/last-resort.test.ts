import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, test } from 'vitest'

const LAST_RESORT = JSON.stringify(new URL('last-resort.ts', import.meta.url).href)

/** A process of its own with this handler, which starts with this code. */
async function ended(handler: string, beginning: string): Promise<{ code: number | null; lines: string[] }> {
  const program = `
import { endWhenUncaught, reportOnStderr } from ${LAST_RESORT}
const say = (line) => process.stdout.write(line + '\\n')
const report = (message, { error }) => say(message + ': ' + error.message)
endWhenUncaught(${handler})
setInterval(() => {}, 1_000)
${beginning}`
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()))
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, lines: output.trim().split('\n') }
}

const LOGGED = 'The process ends because of an uncaught error: it broke'
const IN_ORDER = `{ report, end: async () => { await null; say('gave back what it held') } }`

test.each([
  ['an exception', `setImmediate(() => { throw new Error('it broke') })`],
  ['a promise without await', `setImmediate(() => Promise.reject(new Error('it broke')))`],
  ['an error while it starts', `await Promise.reject(new Error('it broke'))`],
])('%s is logged, and the process ends in order with a code that is not 0', async (_what, beginning) => {
  expect(await ended(IN_ORDER, beginning)).toEqual({ code: 1, lines: [LOGGED, 'gave back what it held'] })
})

test('a failing end is logged too, and the process ends nevertheless', async () => {
  const { code, lines } = await ended(
    `{ report, end: () => Promise.reject(new Error('the disk is full')) }`,
    `setImmediate(() => { throw new Error('it broke') })`,
  )

  expect(code).toBe(1)
  expect(lines).toEqual([LOGGED, 'The process could not shut down cleanly: the disk is full'])
})

test('an end that hangs, or fails once more, does not keep the process alive', async () => {
  const { code, lines } = await ended(
    `{ report, longestEndMs: 50, end: () => new Promise(() => setImmediate(() => { throw new Error('again') })) }`,
    `setImmediate(() => { throw new Error('it broke') })`,
  )

  expect(code).toBe(1)
  expect(lines).toEqual([LOGGED, 'The process ends because of an uncaught error: again'])
})

test('another listener, such as that of a library, does not keep the process alive', async () => {
  const { code } = await ended(
    IN_ORDER,
    `process.on('unhandledRejection', () => {}); setImmediate(() => Promise.reject(new Error('it broke')))`,
  )

  expect(code).toBe(1)
})

test('a child without a log writes the error with its stack', async () => {
  const { code, lines } = await ended(
    `{ report: reportOnStderr }`,
    `setImmediate(() => { throw new Error('it broke') })`,
  )

  expect(code).toBe(1)
  expect(lines[0]).toBe('The process ends because of an uncaught error: Error: it broke')
  expect(lines[1]).toMatch(/^ +at /)
})
