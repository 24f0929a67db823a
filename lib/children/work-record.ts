/**
 * What a process is doing that may end it, written to a file before and removed after: its successor reads what
 * was left. Writing takes 2 µs; nothing is flushed to the disk, because the file need not survive the machine.
 */
import { closeSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs'

const ENTRY_BYTES = 128

export type WorkRecord = Disposable & {
  /** What the previous process with this file was doing when it ended. */
  readonly left: readonly string[]
  /** Notes the work, at most 127 ASCII characters; to be called back when it is done. */
  readonly begin: (work: string) => () => void
}

export function openWorkRecord(file: string): WorkRecord {
  const descriptor = openSync(file, 'a+')
  const left = readFileSync(file, 'latin1')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
  closeSync(descriptor)
  const writing = openSync(file, 'r+')
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
    [Symbol.dispose]: () => closeSync(writing),
  }
}
