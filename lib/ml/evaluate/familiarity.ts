/** The nearest of a version's training images in the network's feature space: the content of `reference.bin`,
 *  and an image's distance from it. The engine computes distances as a network of one dense layer
 *  whose kernel is the reference; domain/familiarity interprets them. */
import { referenceHeader } from '#lib/contracts/model-files.ts'
import { fromHalfBytes, halfBytes } from '../formats/float16.ts'
import type { Network, Weights } from '../network/network.ts'

/** Training images in the reference: 2,000 detect foreign images as well as 50,000 (Sun et al. 2022, §4.3:
 *  1 % of ImageNet) and are 0.8 MB. */
export const MOST_REFERENCES = 2_000

export type Reference = {
  /** Content hash of each image. */
  readonly ids: readonly string[]
  /** Its class, as an index. */
  readonly labels: Uint16Array
  readonly length: number
  /** count × length: directions, unit vectors. */
  readonly vectors: Float32Array
  /** The origin of the directions; null: zero. */
  readonly centre: Float32Array | null
  /** The rank of the neighbour whose distance counts. */
  readonly neighbour: number
}

const MAGIC = 'darkroom-reference/1\n'
const ID_BYTES = 32

/** A line that names the format, a line of JSON, ids, labels, the centre as float32, and the vectors as
 *  float16; little-endian. */
export function referenceBytes({ ids, labels, length, vectors, centre, neighbour }: Reference): Uint8Array {
  const head = Buffer.from(
    `${MAGIC}${JSON.stringify({ count: ids.length, length, neighbour, is_centred: centre !== null })}\n`,
  )
  return Buffer.concat([
    head,
    ...ids.map((id) => Buffer.from(id, 'hex')),
    bytesOf(labels.slice()),
    ...(centre ? [bytesOf(centre.slice())] : []),
    halfBytes(vectors),
  ])
}

/** What `reference.bin` holds after its ids and labels, as stored: the centre, if there is one, and the vectors.
 *  @throws Error with the reason when the bytes are not what `referenceBytes` writes. */
export function referenceVectorBytes(bytes: Uint8Array): Uint8Array {
  const { ids, length, centre } = readReference(bytes)
  return bytes.slice(bytes.length - ids.length * length * 2 - (centre?.byteLength ?? 0))
}

/** @throws Error with the reason when the bytes are not what `referenceBytes` writes. */
export function readReference(bytes: Uint8Array): Reference {
  const file = Buffer.from(bytes) // a copy, because typed arrays need aligned offsets
  const lineEnd = file.indexOf('\n', MAGIC.length)
  if (file.toString('latin1', 0, MAGIC.length) !== MAGIC || lineEnd === -1)
    throw new Error('reference.bin has an unknown format')
  const {
    count,
    length,
    neighbour,
    is_centred: isCentred,
  } = referenceHeader.parse(JSON.parse(file.toString('utf8', MAGIC.length, lineEnd)))
  const parts = [count * ID_BYTES, count * 2, isCentred ? length * 4 : 0, count * length * 2]
  if (!parts.every(Number.isSafeInteger) || neighbour < 1 || neighbour > count)
    throw new Error('the header of reference.bin has invalid numbers')
  if (file.length !== lineEnd + 1 + parts.reduce((a, b) => a + b, 0))
    throw new Error(`reference.bin has ${file.length} bytes, which does not match its header`)
  let offset = lineEnd + 1
  const [ids, labels, centre, vectors] = parts.map((size) =>
    Uint8Array.prototype.slice.call(file, offset, (offset += size)),
  )
  return {
    ids: Array.from({ length: count }, (_, i) =>
      Buffer.from(ids!.subarray(i * ID_BYTES, (i + 1) * ID_BYTES)).toString('hex'),
    ),
    labels: new Uint16Array(labels!.buffer),
    length,
    vectors: fromHalfBytes(vectors!),
    centre: isCentred ? new Float32Array(centre!.buffer) : null,
    neighbour,
  }
}

/** The reference as a network: directions in, one product with each reference image out, because engines
 *  multiply matrices fastest. */
export function nearnessNetwork({ ids, length, vectors }: Pick<Reference, 'ids' | 'length' | 'vectors'>): {
  network: Network
  weights: Weights
} {
  const count = ids.length
  const kernel = new Float32Array(count * length)
  for (let i = 0; i < count; i++)
    for (let d = 0; d < length; d++) kernel[d * count + i] = vectors[i * length + d]!
  return {
    network: {
      name: 'nearness',
      input: { size: 1, channels: length },
      classes: count,
      layers: [
        { name: 'flat', kind: 'flatten' },
        { name: 'products', kind: 'dense', units: count, bias: false },
      ],
    },
    weights: { 'products/kernel': kernel },
  }
}

const bytesOf = (values: Float32Array | Uint16Array): Uint8Array =>
  new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
