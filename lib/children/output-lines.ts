/** What a child writes on its outputs, line by line; empty ones are left out. */
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'

export function eachLine(stream: Readable | null, heard: (line: string) => void): void {
  if (stream !== null)
    createInterface({ input: stream }).on('line', (line) => {
      if (line.trim() !== '') heard(line)
    })
}
