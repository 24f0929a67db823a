/** ZIP files made byte by byte, valid or not, for tests. Not used in the product. */
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { crc32, deflateRawSync } from 'node:zlib'
import { ZipFile } from 'yazl'

export type Part = {
  readonly name: string | Uint8Array
  readonly content?: Uint8Array
  /** 0 stored, 8 deflated; other methods are only declared. */
  readonly method?: number
  readonly flags?: number
  /** Unix mode, for links and devices. */
  readonly mode?: number
  readonly claimedSize?: number
  readonly claimedPackedSize?: number
  readonly claimedCrc?: number
  readonly packed?: Uint8Array
}

export function zipFile(parts: readonly Part[]): Uint8Array {
  const bodies: Buffer[] = []
  const directory: Buffer[] = []
  let offset = 0
  for (const part of parts) {
    const { local, central } = entryOf(part, offset)
    bodies.push(local)
    directory.push(central)
    offset += local.length
  }
  const list = Buffer.concat(directory)
  const end = Buffer.alloc(22)
  end.writeUInt32LE(0x06054b50, 0)
  end.writeUInt16LE(parts.length & 0xffff, 8)
  end.writeUInt16LE(parts.length & 0xffff, 10)
  end.writeUInt32LE(list.length, 12)
  end.writeUInt32LE(offset, 16)
  return new Uint8Array(Buffer.concat([...bodies, list, end]))
}

/** As programs write to a pipe: ZIP64, with sizes and checksums behind the contents. */
export async function streamedZip(parts: readonly Required<Pick<Part, 'content'> & { name: string }>[]) {
  const zip = new ZipFile()
  for (const { name, content } of parts)
    zip.addReadStream(Readable.from([content]), name, { forceZip64Format: true })
  zip.end({ forceZip64Format: true, comment: '' })
  return new Uint8Array(await buffer(zip.outputStream))
}

function entryOf(part: Part, offset: number): { local: Buffer; central: Buffer } {
  const content = part.content ?? new TextEncoder().encode('hello')
  const method = part.method ?? 8
  const name = typeof part.name === 'string' ? Buffer.from(part.name) : Buffer.from(part.name)
  const flags = part.flags ?? (typeof part.name === 'string' ? 0x800 : 0)
  const packed = part.packed ?? (method === 8 ? deflateRawSync(content) : content)
  const middle = Buffer.alloc(26)
  middle.writeUInt16LE(20, 0)
  middle.writeUInt16LE(flags, 2)
  middle.writeUInt16LE(method, 4)
  middle.writeUInt32LE(part.claimedCrc ?? crc32(content), 10)
  middle.writeUInt32LE(part.claimedPackedSize ?? packed.length, 14)
  middle.writeUInt32LE(part.claimedSize ?? content.length, 18)
  middle.writeUInt16LE(name.length, 22)
  const tail = Buffer.alloc(14)
  tail.writeUInt32LE(((part.mode ?? 0) << 16) >>> 0, 6)
  tail.writeUInt32LE(offset, 10)
  return {
    local: Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), middle, name, packed]),
    central: Buffer.concat([Buffer.from('PK\x01\x02\x14\x03', 'latin1'), middle, tail, name]),
  }
}
