/** Tensors from a GGUF file, version 3 (the file format of the ggml library): float32 and float16 ones, by name.
 *  Files come from elsewhere, so every number in them is checked before it is used; whatever this reader does not
 *  need is refused. What the tensors mean, it does not know. */
import { fromHalfBytes } from './float16.ts'

const MAGIC = 'GGUF'
const VERSION = 3
const ALIGNMENT = 32 // of the tensor data, where the header names none
/** More than any network that this product reads has; a file that claims more is damaged. */
const MOST_ENTRIES = 10_000
const MOST_TEXT = 65_536
const MOST_DIMENSIONS = 4
const LARGEST_ALIGNMENT = 65_536

export type GgufTensor = {
  /** Outermost first, as PyTorch has it; the file lists them innermost first. Empty for a scalar. */
  readonly shape: readonly number[]
  readonly values: Float32Array
}

export type GgufValue = string | number | boolean
export type GgufFile = {
  /** Of the header, without its lists. */
  readonly settings: ReadonlyMap<string, GgufValue>
  readonly tensors: ReadonlyMap<string, GgufTensor>
}

/** @throws Error with the reason for a file that is damaged, cut off, or has other contents than these. */
export function readGguf(bytes: Uint8Array): GgufFile {
  const reader = cursorOf(bytes)
  if (reader.ascii(MAGIC.length) !== MAGIC) throw new Error('it is not a GGUF file')
  const version = reader.uint32()
  if (version !== VERSION)
    throw new Error(`it has GGUF version ${version}, and only version ${VERSION} is read`)
  const tensorCount = reader.count('tensors')
  const settingCount = reader.count('settings')
  const settings = new Map<string, GgufValue>()
  for (let i = 0; i < settingCount; i++) {
    const key = reader.text()
    const value = reader.value(reader.uint32())
    if (settings.has(key)) throw new Error(`it has the setting "${key}" twice`)
    if (value !== null) settings.set(key, value)
  }
  const places = Array.from({ length: tensorCount }, () => placeOf(reader))
  const alignment = alignmentOf(settings)
  const start = Math.ceil(reader.position() / alignment) * alignment
  const tensors = new Map<string, GgufTensor>()
  let read = 0
  for (const { name, shape, type, offset } of places) {
    if (tensors.has(name)) throw new Error(`it has the tensor "${name}" twice`)
    if (offset % alignment !== 0)
      throw new Error(`the tensor "${name}" does not begin at a multiple of ${alignment}`)
    const { values, end } = valuesAt(bytes, start + offset, { name, shape, type })
    // each is copied: a thousand that share their bytes would take a thousand times the file
    read += end - (start + offset)
    if (read > bytes.length) throw new Error('its tensors overlap')
    tensors.set(name, { shape, values })
  }
  return { settings, tensors }
}

type Place = {
  readonly name: string
  readonly shape: readonly number[]
  readonly type: TensorType
  readonly offset: number
}
type TensorType = 'float32' | 'float16'

/** ggml_type of ggml.h; the others are quantised. */
const TENSOR_TYPES: Readonly<Record<number, TensorType>> = { 0: 'float32', 1: 'float16' }

function placeOf(reader: Cursor): Place {
  const name = reader.text()
  const dimensions = reader.uint32()
  if (dimensions > MOST_DIMENSIONS) throw new Error(`the tensor "${name}" has ${dimensions} dimensions`)
  const shape = Array.from({ length: dimensions }, () =>
    reader.whole(`a side of the tensor "${name}"`),
  ).reverse()
  const code = reader.uint32()
  const type = TENSOR_TYPES[code]
  if (!type) throw new Error(`the tensor "${name}" has type ${code}; only float32 and float16 are read`)
  return { name, shape, type, offset: reader.whole(`the place of the tensor "${name}"`) }
}

function valuesAt(
  bytes: Uint8Array,
  start: number,
  { name, shape, type }: Omit<Place, 'offset'>,
): { readonly values: Float32Array; readonly end: number } {
  const width = type === 'float16' ? 2 : 4
  // checked side by side: a product of many sides may overflow
  let length = 1
  for (const side of shape) {
    length *= side
    if (length * width > bytes.length) throw new Error(`the tensor "${name}" is larger than the file`)
  }
  const end = start + length * width
  if (end > bytes.length) throw new Error(`the file ends within the tensor "${name}"`)
  // a copy, also of a Buffer, whose own slice is a view: it begins at a multiple of four
  const part = Uint8Array.prototype.slice.call(bytes, start, end)
  const values =
    type === 'float16' ? fromHalfBytes(part) : new Float32Array(part.buffer, part.byteOffset, length)
  return { values, end }
}

function alignmentOf(settings: GgufFile['settings']): number {
  const alignment = settings.get('general.alignment') ?? ALIGNMENT
  if (
    typeof alignment !== 'number' ||
    !Number.isInteger(alignment) ||
    alignment < 4 ||
    alignment > LARGEST_ALIGNMENT
  )
    throw new Error(`its alignment is ${String(alignment)}`)
  return alignment
}

type Cursor = ReturnType<typeof cursorOf>

/** Reads from front to back, never beyond the end. */
function cursorOf(bytes: Uint8Array) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let at = 0
  const take = (length: number): number => {
    if (length > bytes.length - at) throw new Error('the file ends within its header')
    at += length
    return at - length
  }
  const uint32 = (): number => view.getUint32(take(4), true)
  const whole = (what: string): number => {
    const value = view.getBigUint64(take(8), true)
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw new Error(`${what} is ${value}`)
    return Number(value)
  }
  const count = (what: string): number => {
    const value = whole(`the number of its ${what}`)
    if (value > MOST_ENTRIES) throw new Error(`it claims to have ${value} ${what}`)
    return value
  }
  const text = (): string => {
    const length = whole('the length of a text')
    if (length > MOST_TEXT) throw new Error(`a text in its header claims to have ${length} bytes`)
    const from = take(length)
    try {
      return new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(from, from + length))
    } catch {
      throw new Error('a text in its header is not UTF-8')
    }
  }
  /** gguf_metadata_value_type of the format's description. A list is passed over: null. */
  const value = (type: number, isInList = false): GgufValue | null => {
    switch (type) {
      case 0:
        return view.getUint8(take(1))
      case 1:
        return view.getInt8(take(1))
      case 2:
        return view.getUint16(take(2), true)
      case 3:
        return view.getInt16(take(2), true)
      case 4:
        return uint32()
      case 5:
        return view.getInt32(take(4), true)
      case 6:
        return view.getFloat32(take(4), true)
      case 7:
        return view.getUint8(take(1)) !== 0
      case 8:
        return text()
      case 9: {
        if (isInList) throw new Error('its header has a list in a list')
        const inner = uint32()
        const length = count('list entries')
        for (let i = 0; i < length; i++) value(inner, true)
        return null
      }
      case 10:
        return Number(view.getBigUint64(take(8), true))
      case 11:
        return Number(view.getBigInt64(take(8), true))
      case 12:
        return view.getFloat64(take(8), true)
      default:
        throw new Error(`its header has a value of unknown type ${type}`)
    }
  }
  return {
    uint32,
    whole,
    count,
    text,
    value,
    ascii: (length: number): string => {
      const from = take(length)
      return String.fromCharCode(...bytes.subarray(from, from + length))
    },
    position: (): number => at,
  }
}
