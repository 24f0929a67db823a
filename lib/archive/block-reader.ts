/** A file for yauzl, read in blocks: yauzl asks for the header and the name of each entry of the central directory
 *  separately, which took 75 µs of CPU time an entry with a read of the file for each. It knows nothing about ZIP. */
import { open, type FileHandle } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { RandomAccessReader } from 'yauzl'

/** About 350 entries; between two blocks other work of the process goes on. */
const BLOCK_BYTES = 32 * 1024

/** Of the data of an entry. */
const LARGEST_PIECE_BYTES = 64 * 1024

type ReadCallback = (error: Error | null, bytesRead?: number) => void

export class BlockReader extends RandomAccessReader {
  readonly #file: FileHandle
  #block = Buffer.alloc(0)
  #blockAt = 0

  constructor(file: FileHandle) {
    super()
    this.#file = file
  }

  override createReadStream({ start, end }: { readonly start: number; readonly end: number }): Readable {
    return Readable.from(this.#pieces(start, end), { objectMode: false })
  }

  override read(buffer: Buffer, offset: number, length: number, position: number, done: ReadCallback): void {
    if (this.#copy(buffer, offset, { length, position })) return done(null, length)
    void this.#readFrom(buffer, offset, { length, position }).then(
      (bytesRead) => done(null, bytesRead),
      (error: unknown) => done(error instanceof Error ? error : new Error(String(error))),
    )
  }

  override close(done: (error: Error | null) => void): void {
    void this.#file.close().then(
      () => done(null),
      (error: unknown) => done(error instanceof Error ? error : new Error(String(error))),
    )
  }

  async *#pieces(start: number, end: number): AsyncGenerator<Buffer> {
    for (let at = start; at < end;) {
      const piece = Buffer.allocUnsafe(Math.min(LARGEST_PIECE_BYTES, end - at))
      const { bytesRead } = await this.#file.read(piece, 0, piece.length, at)
      if (bytesRead === 0) return
      yield piece.subarray(0, bytesRead)
      at += bytesRead
    }
  }

  #copy(
    buffer: Buffer,
    offset: number,
    wanted: { readonly length: number; readonly position: number },
  ): boolean {
    const from = wanted.position - this.#blockAt
    if (from < 0 || from + wanted.length > this.#block.length) return false
    this.#block.copy(buffer, offset, from, from + wanted.length)
    return true
  }

  async #readFrom(
    buffer: Buffer,
    offset: number,
    wanted: { readonly length: number; readonly position: number },
  ): Promise<number> {
    if (wanted.length >= BLOCK_BYTES)
      return (await this.#file.read(buffer, offset, wanted.length, wanted.position)).bytesRead
    const block = Buffer.allocUnsafe(BLOCK_BYTES)
    const { bytesRead } = await this.#file.read(block, 0, BLOCK_BYTES, wanted.position)
    this.#block = block.subarray(0, bytesRead)
    this.#blockAt = wanted.position
    if (this.#copy(buffer, offset, wanted)) return wanted.length
    this.#block.copy(buffer, offset)
    return Math.min(bytesRead, wanted.length)
  }
}

/** The file with its size. Closed by yauzl with its archive; by the caller if there is none. */
export async function openBlocks(
  path: string,
): Promise<{ reader: BlockReader; file: FileHandle; size: number }> {
  const file = await open(path, 'r')
  try {
    return { reader: new BlockReader(file), file, size: (await file.stat()).size }
  } catch (error) {
    await file.close()
    throw error
  }
}
