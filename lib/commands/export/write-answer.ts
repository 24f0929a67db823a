/** Writes a download to a file: complete under its name, or not at all. */
import { createWriteStream } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { FileAnswer } from '#lib/contracts/contract.ts'
import type { createLines } from '../terminal/progress-line.ts'

const MEGABYTE = 1_000_000

export async function writeAnswer(
  { bytes }: Pick<FileAnswer, 'bytes'>,
  file: string,
  lines: ReturnType<typeof createLines>,
): Promise<void> {
  const part = `${file}.${process.pid}.part`
  let written = 0
  async function* counted(): AsyncGenerator<Uint8Array> {
    for await (const chunk of bytes instanceof Uint8Array ? [bytes] : bytes) {
      written += chunk.byteLength
      lines.passing(`${Math.floor(written / MEGABYTE)} MB`)
      yield chunk
    }
  }
  try {
    await pipeline(Readable.from(counted()), createWriteStream(part))
    await rename(part, file)
  } catch (error) {
    await rm(part, { force: true })
    throw error
  }
  lines.line(`${file}: ${(written / MEGABYTE).toFixed(1)} MB`)
}
