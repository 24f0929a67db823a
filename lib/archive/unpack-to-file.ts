/** Unpacks one entry of a ZIP into a file as it is read: for entries that are too large to hold in memory. It trusts
 *  no number of a header, and decides nothing about names. */
import { createWriteStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import { Readable, Transform, type TransformCallback } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { crc32, createInflateRaw } from 'node:zlib'
import type { Entry, ZipFile } from 'yauzl'

export type UnpackedFile = { readonly sizeBytes: number }

/** The size of what was written, or the reason why the entry cannot be used; then no file is left. */
export async function unpackToFile(
  zip: ZipFile,
  entry: Entry,
  {
    file,
    mostBytes,
    tooLong,
    isFromDisk,
  }: {
    readonly file: string
    readonly mostBytes: number
    readonly tooLong: string
    /** A failing disk is not a fault of the archive. */
    readonly isFromDisk: (error: unknown) => boolean
  },
): Promise<UnpackedFile | string> {
  const counting = counted(mostBytes)
  try {
    const packed = Readable.from(await zip.openReadStreamPromise(entry, { decodeFileData: false }))
    const stages = entry.compressionMethod === 8 ? [createInflateRaw(), counting.stage] : [counting.stage]
    await pipeline([packed, ...stages, createWriteStream(file, { flags: 'wx' })])
  } catch (error) {
    await rm(file, { force: true })
    if (counting.isExceeded()) return tooLong
    if (isFromDisk(error)) throw error
    return 'it is damaged'
  }
  if (counting.checksum() === entry.crc32) return { sizeBytes: counting.size() }
  await rm(file, { force: true })
  return 'it is damaged (its checksum is wrong)'
}

function counted(mostBytes: number) {
  let size = 0
  let checksum = 0
  const stage = new Transform({
    transform(chunk: Buffer, _encoding, done: TransformCallback) {
      size += chunk.length
      if (size > mostBytes) return done(new Error('the entry is too long'))
      checksum = crc32(chunk, checksum)
      done(null, chunk)
    },
  })
  return { stage, size: () => size, checksum: () => checksum, isExceeded: () => size > mostBytes }
}
