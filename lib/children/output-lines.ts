/** A child's output, line by line; empty lines are left out. */
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'

export function eachLine(stream: Readable | null, heard: (line: string) => void): void {
  if (stream !== null)
    createInterface({ input: stream }).on('line', (line) => {
      if (line.trim() !== '') heard(line)
    })
}
