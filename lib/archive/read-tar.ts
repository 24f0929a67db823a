/** Reads a tar archive (ustar, GNU, pax; plain or gzipped) as a stream, for the few requested files in it.
 *  It writes nothing, follows no link, and keeps one file in memory. */
import { createReadStream } from 'node:fs'
import { pipeline, Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'

const BLOCK = 512

export type TarFile = { readonly name: string; readonly bytes: Uint8Array }

/** Yields the requested files by the last part of their names; `wants` sees the size before any memory is allocated.
 *  A truncated archive, or another format, throws. */
export async function* readTar(
  path: string,
  wants: (name: string, sizeBytes: number) => boolean,
): AsyncGenerator<TarFile> {
  const source = createReadStream(path)
  const first = await firstBytes(path)
  const isPacked = first[0] === 0x1f && first[1] === 0x8b
  const stream = isPacked ? pipeline(source, createGunzip(), () => undefined) : source
  const take = reader(stream)
  try {
    while (true) {
      const head = await take(BLOCK)
      if (head.every((byte) => byte === 0)) return
      if (checksumOf(head) !== octal(head, 148, 8)) throw new Error('it is not a tar archive')
      const size = octal(head, 124, 12)
      const padded = Math.ceil(size / BLOCK) * BLOCK
      const name = text(head, 0, 100).split('/').at(-1)!
      const isFile = head[156] === 0 || head[156] === 0x30
      if (isFile && wants(name, size)) yield { name, bytes: (await take(padded)).subarray(0, size) }
      else await skip(take, padded)
    }
  } finally {
    source.destroy()
    stream.destroy()
  }
}

async function firstBytes(path: string): Promise<Uint8Array> {
  for await (const chunk of createReadStream(path, { end: 1 })) return chunk as Uint8Array
  return new Uint8Array(0)
}

type Take = (length: number) => Promise<Uint8Array>

function reader(stream: Readable): Take {
  const chunks = stream[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>
  let rest: Uint8Array = new Uint8Array(0)
  return async (length) => {
    const out = new Uint8Array(length)
    for (let filled = 0; filled < length;) {
      if (rest.length === 0) {
        const next = await chunks.next()
        if (next.done === true) throw new Error('it is truncated')
        rest = next.value
      }
      const part = rest.subarray(0, length - filled)
      out.set(part, filled)
      filled += part.length
      rest = rest.subarray(part.length)
    }
    return out
  }
}

async function skip(take: Take, length: number): Promise<void> {
  for (let left = length; left > 0; left -= 65_536) await take(Math.min(left, 65_536))
}

/** The sum of the header's bytes, with its own field counted as spaces. */
const checksumOf = (head: Uint8Array): number =>
  head.reduce((sum, byte, i) => sum + (i >= 148 && i < 156 ? 32 : byte), 0)

const octal = (head: Uint8Array, at: number, length: number): number =>
  Number.parseInt(text(head, at, length).trim() || '0', 8)

function text(head: Uint8Array, at: number, length: number): string {
  const field = head.subarray(at, at + length)
  const end = field.indexOf(0)
  return new TextDecoder().decode(end < 0 ? field : field.subarray(0, end))
}
