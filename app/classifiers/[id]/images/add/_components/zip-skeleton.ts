/** A ZIP without its images: the list of its contents and the label tables, so that the server can say what it would
 *  be read as before it is uploaded. Null when the archive is not a plain ZIP: then the server has to see it whole.
 *  Layout: PKWARE's APPNOTE, 4.3. */
import { tablePathsIn } from '#lib/domain/reading/table-files.ts'

/** A ZIP is recognised by the beginning of its first entry. */
const START = Uint8Array.of(0x50, 0x4b, 0x03, 0x04)
const END = 0x06054b50
const ENTRY = 0x02014b50
const END_BYTES = 22
const LONGEST_COMMENT = 65_535
const ENTRY_BYTES = 46
const LOCAL_BYTES = 30
const IN_64_BITS = 0xffffffff

export async function zipSkeleton(zip: Blob): Promise<Blob | null> {
  const tailAt = Math.max(0, zip.size - END_BYTES - LONGEST_COMMENT)
  const tail = await viewOf(zip.slice(tailAt))
  const endAt = lastEnd(tail)
  if (endAt === null) return null
  const size = tail.getUint32(endAt + 12, true)
  const start = tail.getUint32(endAt + 16, true)
  if (start === IN_64_BITS || size === IN_64_BITS || start + size > tailAt + endAt) return null
  const directory = await viewOf(zip.slice(start, start + size))
  const parts: Blob[] = [new Blob([START])]
  let length = START.length
  const entries = [...entriesOf(directory)]
  const tables = new Set(tablePathsIn(entries.map(({ name, bytes }) => ({ path: name, bytes }))))
  for (const { at, name, packedBytes, localAt } of entries) {
    if (!tables.has(name)) continue
    const head = await viewOf(zip.slice(localAt, localAt + LOCAL_BYTES))
    if (head.byteLength < LOCAL_BYTES) return null
    const end = localAt + LOCAL_BYTES + head.getUint16(26, true) + head.getUint16(28, true) + packedBytes
    parts.push(zip.slice(localAt, end))
    directory.setUint32(at + 42, length, true)
    length += end - localAt
  }
  const ending = new DataView(tail.buffer.slice(endAt, endAt + END_BYTES))
  ending.setUint32(16, length, true)
  ending.setUint16(20, 0, true)
  return new Blob([...parts, directory.buffer, ending.buffer])
}

const viewOf = async (blob: Blob): Promise<DataView<ArrayBuffer>> => new DataView(await blob.arrayBuffer())

function lastEnd(tail: DataView): number | null {
  for (let at = tail.byteLength - END_BYTES; at >= 0; at--) if (tail.getUint32(at, true) === END) return at
  return null
}

type DirectoryEntry = {
  readonly at: number
  readonly name: string
  readonly packedBytes: number
  readonly bytes: number
  readonly localAt: number
}

function* entriesOf(directory: DataView<ArrayBuffer>): Generator<DirectoryEntry> {
  const names = new TextDecoder()
  for (let at = 0; at + ENTRY_BYTES <= directory.byteLength && directory.getUint32(at, true) === ENTRY;) {
    const nameBytes = directory.getUint16(at + 28, true)
    const next =
      at + ENTRY_BYTES + nameBytes + directory.getUint16(at + 30, true) + directory.getUint16(at + 32, true)
    yield {
      at,
      name: names.decode(new Uint8Array(directory.buffer, at + ENTRY_BYTES, nameBytes)),
      packedBytes: directory.getUint32(at + 20, true),
      bytes: directory.getUint32(at + 24, true),
      localAt: directory.getUint32(at + 42, true),
    }
    at = next
  }
}
