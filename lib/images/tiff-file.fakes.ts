/** Uncompressed TIFF files made number by number, for tests. */

export type TiffPart = {
  readonly width: number
  readonly height: number
  readonly bits: 8 | 16 | 32
  readonly format?: 'unsigned' | 'signed' | 'float'
  readonly samples?: number
  readonly photometric?: number
  readonly extraSamples?: readonly number[]
  readonly isPreview?: boolean
  /** SMaxSampleValue, as a whole number. */
  readonly most?: number
  /** Interleaved, in the numbers of the format. */
  readonly values: readonly number[]
}

const FORMAT = { unsigned: 1, signed: 2, float: 3 } as const

/** Little-endian, one strip per page. */
export function tiffFile(pages: readonly TiffPart[]): Uint8Array {
  const chunks: Buffer[] = [Buffer.from([0x49, 0x49, 42, 0, 0, 0, 0, 0])]
  let length = 8
  const put = (chunk: Buffer): number => {
    const at = length
    chunks.push(chunk)
    length += chunk.length
    return at
  }
  let link: { chunk: Buffer; at: number } = { chunk: chunks[0]!, at: 4 }
  for (const page of pages) {
    const { width, height, bits, samples = 1, format = 'unsigned', photometric = samples > 2 ? 2 : 1 } = page
    const data = put(numbers(page))
    const shorts = (list: readonly number[]): number => {
      if (list.length === 1) return list[0]!
      const chunk = Buffer.alloc(Math.max(4, list.length * 2))
      for (const [i, value] of list.entries()) chunk.writeUInt16LE(value, i * 2)
      return list.length === 2 ? chunk.readUInt32LE(0) : put(chunk)
    }
    const same = (value: number): readonly number[] => Array.from({ length: samples }, () => value)
    const entries: (readonly [tag: number, type: number, count: number, value: number])[] = [
      [254, 4, 1, page.isPreview === true ? 1 : 0],
      [256, 4, 1, width],
      [257, 4, 1, height],
      [258, 3, samples, shorts(same(bits))],
      [259, 3, 1, 1],
      [262, 3, 1, photometric],
      [273, 4, 1, data],
      [277, 3, 1, samples],
      [278, 4, 1, height],
      [279, 4, 1, (width * height * samples * bits) / 8],
      ...(page.extraSamples === undefined
        ? []
        : [[338, 3, page.extraSamples.length, shorts(page.extraSamples)] as const]),
      [339, 3, samples, shorts(same(FORMAT[format]))],
      ...(page.most === undefined ? [] : [[341, 3, samples, shorts(same(page.most))] as const]),
    ]
    const directory = Buffer.alloc(2 + entries.length * 12 + 4)
    directory.writeUInt16LE(entries.length, 0)
    for (const [i, [tag, type, count, value]] of entries.entries()) {
      directory.writeUInt16LE(tag, 2 + i * 12)
      directory.writeUInt16LE(type, 4 + i * 12)
      directory.writeUInt32LE(count, 6 + i * 12)
      directory.writeUInt32LE(value, 10 + i * 12)
    }
    if (length % 2 === 1) put(Buffer.alloc(1))
    link.chunk.writeUInt32LE(put(directory), link.at)
    link = { chunk: directory, at: directory.length - 4 }
  }
  return new Uint8Array(Buffer.concat(chunks))
}

function numbers({ bits, format = 'unsigned', values }: TiffPart): Buffer {
  const chunk = Buffer.alloc((values.length * bits) / 8)
  for (const [i, value] of values.entries()) {
    if (format === 'float') chunk.writeFloatLE(value, i * 4)
    else if (bits === 8) chunk.writeUInt8(value, i)
    else if (bits === 16 && format === 'signed') chunk.writeInt16LE(value, i * 2)
    else if (bits === 16) chunk.writeUInt16LE(value, i * 2)
    else if (format === 'signed') chunk.writeInt32LE(value, i * 4)
    else chunk.writeUInt32LE(value, i * 4)
  }
  return chunk
}
