/** Tensors from a safetensors file (Hugging Face): float32, float16 and bfloat16 ones, by name. Files
 *  come from elsewhere, so every number in them is checked before it is used. What the tensors mean, it does not know.
 *  Source: github.com/huggingface/safetensors, "Format". */
import { safetensorsHeader } from '#lib/contracts/model-files.ts'
import { fromHalfBytes } from './float16.ts'

const LARGEST_HEADER = 16 * 2 ** 20
const LENGTH_BYTES = 8

export type NamedTensors = ReadonlyMap<
  string,
  {
    /** Outermost first. */
    readonly shape: readonly number[]
    readonly values: Float32Array
  }
>

/** Whole numbers, such as counters of batches, are left out.
 *  @throws Error with the reason for a file that is damaged, cut off, or has other contents than these. */
export function readSafetensors(bytes: Uint8Array): NamedTensors {
  if (bytes.length < LENGTH_BYTES) throw new Error('it is not a safetensors file')
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const length = Number(view.getBigUint64(0, true))
  const start = LENGTH_BYTES + length
  if (length > LARGEST_HEADER || start > bytes.length) throw new Error('it is not a safetensors file')
  const tensors = new Map<string, { shape: readonly number[]; values: Float32Array }>()
  let read = 0
  for (const [name, entry] of Object.entries(headerOf(bytes.subarray(LENGTH_BYTES, start)))) {
    const {
      dtype,
      shape,
      data_offsets: [from, to],
    } = entry
    if (/^[IUB]\d|^BOOL/.test(dtype)) continue
    const size = SIZES[dtype]
    if (size === undefined) throw new Error(`the tensor "${name}" has the type ${dtype}, which is not read`)
    const count = shape.reduce((product, side) => product * side, 1)
    if (to - from !== count * size || start + to > bytes.length)
      throw new Error(`the tensor "${name}" does not fit into the file`)
    // each is copied: a thousand that share their bytes would take a thousand times the file
    read += to - from
    if (read > bytes.length) throw new Error('its tensors overlap')
    tensors.set(name, { shape, values: valuesOf(bytes.slice(start + from, start + to), dtype) })
  }
  return tensors
}

function headerOf(bytes: Uint8Array) {
  let header: unknown
  try {
    header = JSON.parse(new TextDecoder().decode(bytes), (key, value: unknown) =>
      key === REMARKS ? undefined : value,
    )
  } catch {
    throw new Error('it is not a safetensors file')
  }
  const parsed = safetensorsHeader.safeParse(header)
  if (!parsed.success) throw new Error('its list of tensors is damaged')
  return parsed.data
}

const REMARKS = '__metadata__'
const SIZES: Readonly<Record<string, number>> = { F32: 4, F16: 2, BF16: 2 }

/** @param bytes a copy, which begins at a multiple of 4 */
function valuesOf(bytes: Uint8Array<ArrayBuffer>, dtype: string): Float32Array {
  switch (dtype) {
    case 'F32':
      return new Float32Array(bytes.buffer)
    case 'F16':
      return fromHalfBytes(bytes)
    default: {
      // bfloat16: the upper half of a float32
      const upper = new Uint16Array(bytes.buffer)
      return new Float32Array(Uint32Array.from(upper, (half) => half << 16).buffer)
    }
  }
}
