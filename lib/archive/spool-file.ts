/** Files of a request, written one after the other into a file on disk as they arrive, and read again from there.
 *  Memory holds one chunk. It knows no form and decides nothing about what arrives. */
import type { FileHandle } from 'node:fs/promises'

/** What a ZIP may unpack to, as a multiple of the largest upload: images hardly compress. */
export const UNPACKED_TIMES = 4
const LONGEST_NAME = 500

/** At least the first `count` bytes where there are so many, and the complete stream. */
export async function peekStream(
  bytes: AsyncIterable<Uint8Array>,
  count: number,
): Promise<{ first: Uint8Array; all: AsyncGenerator<Uint8Array> }> {
  const iterator = bytes[Symbol.asyncIterator]()
  let first: Uint8Array = new Uint8Array()
  while (first.byteLength < count) {
    const next = await iterator.next()
    if (next.done) break
    first = first.byteLength === 0 ? next.value : Buffer.concat([first, next.value])
  }
  async function* all(): AsyncGenerator<Uint8Array> {
    if (first.byteLength > 0) yield first
    for (let more = await iterator.next(); !more.done; more = await iterator.next()) yield more.value
  }
  return { first, all: all() }
}

/** Writes at most `most` bytes and discards the rest.
 *  @returns how many bytes arrived */
export async function appendStream(
  file: FileHandle,
  at: number,
  chunks: AsyncIterable<Uint8Array>,
  most: number,
): Promise<number> {
  let size = 0
  for await (const chunk of chunks) {
    const accepted = chunk.subarray(0, Math.max(0, most - size))
    for (let done = 0; done < accepted.byteLength;)
      done += (await file.write(accepted, done, accepted.byteLength - done, at + size + done)).bytesWritten
    size += chunk.byteLength
  }
  return size
}

export async function readSpooled(
  file: FileHandle,
  { at, bytes }: { readonly at: number; readonly bytes: number },
): Promise<Uint8Array> {
  const all = new Uint8Array(bytes)
  for (let done = 0; done < bytes;) {
    const { bytesRead } = await file.read(all, done, bytes - done, at + done)
    if (bytesRead === 0) throw new Error('a stored file of a request is shorter than what was written')
    done += bytesRead
  }
  return all
}

/** For display and for labels; never a path to write to. */
export const displayName = (filename: string): string =>
  filename
    .replaceAll('\\', '/')
    .replace(/^[a-z]:/i, '')
    .split('/')
    .filter((step) => step !== '' && step !== '.' && step !== '..')
    .join('/')
    .replace(/\p{Cc}/gu, '')
    .slice(-LONGEST_NAME)
