/**
 * Checks at the end of every test file that nothing unexpected was written to console.error and that no
 * child process is left. Loaded by vitest before each file; it tests nothing itself.
 */
import { afterAll, afterEach, beforeEach, expect } from 'vitest'

const PATIENCE_MS = 5_000 // a child that was signalled to stop needs a moment
const RECHECK_MS = 20

const output: string[] = []
const writeError = console.error

beforeEach(() => {
  output.length = 0
  console.error = (...words: unknown[]) => {
    output.push(words.map(String).join(' '))
    writeError(...words)
  }
})

afterEach(() => {
  console.error = writeError
  expect(output, 'unexpected on console.error').toEqual([])
})

afterAll(async () => {
  const until = Date.now() + PATIENCE_MS
  while (children() > 0 && Date.now() < until) await new Promise((resolve) => setTimeout(resolve, RECHECK_MS))
  expect(children(), 'child processes that this file left running').toBe(0)
})

const children = (): number =>
  process.getActiveResourcesInfo().filter((kind) => kind === 'ProcessWrap').length
