/** GGUF files made by code, for tests: what a writer of the format would put into a small one. */

export type SketchedTensor = {
  readonly name: string
  /** Outermost first. */
  readonly shape: readonly number[]
  readonly values: Float32Array
}

const ALIGNMENT = 32

/** Float32 tensors alone; one text setting. */
export function ggufBytes(tensors: readonly SketchedTensor[]): Uint8Array {
  const head: Uint8Array[] = []
  const number = (value: number, width: 4 | 8): void => {
    const bytes = Buffer.alloc(width)
    if (width === 4) bytes.writeUInt32LE(value)
    else bytes.writeBigUInt64LE(BigInt(value))
    head.push(bytes)
  }
  const text = (value: string): void => {
    number(Buffer.byteLength(value), 8)
    head.push(Buffer.from(value))
  }
  head.push(Buffer.from('GGUF'))
  number(3, 4)
  number(tensors.length, 8)
  number(1, 8)
  text('general.architecture')
  number(8, 4)
  text('sketch')
  let offset = 0
  for (const { name, shape, values } of tensors) {
    text(name)
    number(shape.length, 4)
    for (const side of shape.toReversed()) number(side, 8)
    number(0, 4)
    number(offset, 8)
    offset += aligned(values.byteLength)
  }
  const header = Buffer.concat(head)
  const data = tensors.map(({ values }) => {
    const bytes = Buffer.alloc(aligned(values.byteLength))
    bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength))
    return bytes
  })
  return Buffer.concat([header, Buffer.alloc(aligned(header.length) - header.length), ...data])
}

const aligned = (length: number): number => Math.ceil(length / ALIGNMENT) * ALIGNMENT
