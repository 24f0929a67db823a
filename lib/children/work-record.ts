/**
 * What a process is doing that may end it, written to a file before and removed after: its successor reads what
 * was left. Writing takes 2 µs; nothing is flushed to the disk, because the file need not survive the machine.
 */
import { constants, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs'

const ENTRY_BYTES = 128

export type WorkRecord = {
  /** What the previous process with this file was doing when it ended. */
  readonly left: readonly string[]
  /** Notes the work, at most 127 ASCII characters; returns what is to be called when it is done. */
  readonly begin: (work: string) => () => void
}

export function openWorkRecord(file: string): WorkRecord {
  const writing = openSync(file, constants.O_RDWR | constants.O_CREAT, 0o600)
  const left = readFileSync(writing, 'latin1')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
  ftruncateSync(writing)
  const free: number[] = []
  let entries = 0
  const write = (entry: number, text: string): void => {
    writeSync(
      writing,
      `${text.slice(0, ENTRY_BYTES - 1).padEnd(ENTRY_BYTES - 1)}\n`,
      entry * ENTRY_BYTES,
      'latin1',
    )
  }
  return {
    left,
    begin(work) {
      const entry = free.pop() ?? entries++
      write(entry, work)
      return () => {
        write(entry, '')
        free.push(entry)
      }
    },
  }
}
