/** What every test file owes at its end: nothing on console.error that nobody expected, and no child process
 *  left behind. Loaded by vitest before each file; it tests nothing itself. */
import { afterAll, afterEach, beforeEach, expect } from 'vitest'

const PATIENCE_MS = 5_000 // a child that was told to leave needs a moment
const LOOK_AGAIN_MS = 20

const output: string[] = []
const say = console.error

beforeEach(() => {
  output.length = 0
  console.error = (...words: unknown[]) => {
    output.push(words.map(String).join(' '))
    say(...words)
  }
})

afterEach(() => {
  console.error = say
  expect(output, 'unexpected on console.error').toEqual([])
})

afterAll(async () => {
  const until = Date.now() + PATIENCE_MS
  while (children() > 0 && Date.now() < until)
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS))
  expect(children(), 'child processes that this file left running').toBe(0)
})

const children = (): number =>
  process.getActiveResourcesInfo().filter((kind) => kind === 'ProcessWrap').length
