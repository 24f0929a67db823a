/**
 * Runs the programs that the checks consist of, and prints lines for the user. It knows none of the
 * programs.
 */
import { spawn, type SpawnOptions } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'

const OUTPUT_LIMIT = 60_000 // characters from the end

/** Runs a program to its end; `isShown` prints its lines while it runs, whole ones, because others print too. */
export function runToEnd(
  program: string,
  args: readonly string[],
  options: SpawnOptions & { isShown?: boolean } = {},
): Promise<{ code: number; output: string }> {
  const { isShown = false, env = process.env, ...rest } = options
  return new Promise((resolve) => {
    let output = ''
    const child = spawn(program, args, {
      ...rest,
      env: process.stdout.isTTY ? env : { NO_COLOR: '1', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const keep = (chunk: Buffer): void => {
      output = (output + chunk.toString()).slice(-OUTPUT_LIMIT)
    }
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', keep)
      if (isShown && stream) printLinesOf(stream)
    }
    child.on('error', (error) => resolve({ code: 127, output: String(error) }))
    child.on('close', (code) => resolve({ code: code ?? 1, output }))
  })
}

function printLinesOf(input: Readable): void {
  createInterface({ input, crlfDelay: Infinity }).on('line', printLine)
}

export const printLine = (line: string): void => {
  process.stdout.write(`${line}\n`)
}
