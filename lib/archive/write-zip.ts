/** Writes files as a ZIP stream: the same entries give the same bytes, whatever the clock and its time zone.
 *  It reads no folder and chooses no names. */
import { once } from 'node:events'
import { PassThrough, Readable } from 'node:stream'
import { finished } from 'node:stream/promises'
import { ZipFile } from 'yazl'

export type OutgoingEntry = {
  readonly path: string
  readonly content: Uint8Array | Readable
  /** Stored as it is, because deflate gains nothing: most images are compressed already. */
  readonly isCompressed?: boolean
}

/** The first date a ZIP can store, in local time as ZIPs do: the same bytes in every time zone. */
const MTIME = new Date(1980, 0, 1)
const MODE = 0o100644

/** The archive as a stream; destroying it, or aborting, stops requesting entries. A failing entry fails the
 *  stream. */
export function writeZip(
  entries: AsyncIterable<OutgoingEntry> | Iterable<OutgoingEntry>,
  signal?: AbortSignal,
): Readable {
  const zip = new ZipFile()
  const out = new PassThrough(signal === undefined ? {} : { signal })
  zip.outputStream.pipe(out)
  zip.on('error', (error: Error) => out.destroy(error))
  feed(zip, entries, out).catch((error: Error) => out.destroy(error))
  return out
}

async function feed(
  zip: ZipFile,
  entries: AsyncIterable<OutgoingEntry> | Iterable<OutgoingEntry>,
  out: PassThrough,
): Promise<void> {
  const closed = once(out, 'close').catch(() => undefined)
  for await (const { path, content, isCompressed = false } of entries) {
    if (out.destroyed) return
    const source = content instanceof Readable ? content : released(content)
    zip.addReadStream(source, path, {
      mtime: MTIME,
      mode: MODE,
      forceDosTimestamp: true,
      compress: !isCompressed,
    })
    // One entry at a time: the next is requested when this one has been written.
    await Promise.race([finished(source, { writable: false }), closed])
    if (out.destroyed) {
      source.destroy()
      return
    }
  }
  zip.end()
}

/** yazl keeps every stream until the archive ends: this one does not keep its bytes once they were read. */
function released(content: Uint8Array): Readable {
  const source = new PassThrough()
  source.end(Buffer.from(content.buffer, content.byteOffset, content.byteLength))
  return source
}
