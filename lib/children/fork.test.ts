import { expect, test } from 'vitest'
import { writeFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { onTestFinished } from 'vitest'
import { forkChild } from './fork.ts'
import { outcomeOf } from './outcome.ts'

/** A program in a file of its own. */
function program(code: string): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'darkroom-child-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const file = path.join(folder, 'child.mjs')
  writeFileSync(file, code)
  return file
}

test('messages sent before anyone listens arrive complete, and output arrives by line', async () => {
  const lines: string[] = []
  const child = forkChild<never, { bytes: Uint8Array }>({
    entry: program(
      `console.log('one\\n\\ntwo'); process.send({ bytes: Uint8Array.of(1, 2, 3) }, () => process.disconnect())`,
    ),
    onLine: (line) => lines.push(line),
  })
  await new Promise((resolve) => setTimeout(resolve, 300))

  const [message, cause] = await new Promise<[{ bytes: Uint8Array } | null, string]>((resolve) => {
    let first: { bytes: Uint8Array } | null = null
    child.listen({
      message: (one) => {
        first = one
      },
      exit: (cause) => resolve([first, cause]),
    })
  })

  expect(message?.bytes).toEqual(Uint8Array.of(1, 2, 3))
  expect(cause).toBe('code 0')
  expect(lines).toEqual(['one', 'two'])
})

test('a child that ends without its message is an error with the cause', async () => {
  const child = forkChild({ entry: program('process.exit(3)'), onLine: () => {} })

  await expect(outcomeOf(child, { what: 'the process that prepares' })).rejects.toThrow(
    'the process that prepares ended (code 3)',
  )
})

test('an aborted outcome tells the child to end', async () => {
  const child = forkChild({
    entry: program('process.send({}); setInterval(() => {}, 1000)'),
    onLine: () => {},
  })
  const stop = new AbortController()
  const ended = outcomeOf<never, never>(
    { ...child, listen: (events) => child.listen({ ...events, message: () => stop.abort() }) },
    { what: 'it', signal: stop.signal },
  )

  await expect(ended).rejects.toThrow('it ended (SIGTERM)')
})
