/**
 * Inflates small data of a known size: one zlib stream is reused, because setting one up for each image takes as
 * long as inflating it.
 */
import { constants, createInflate, inflateSync } from 'node:zlib'

/** What a stream of node:zlib uses itself (its zlib.js, Node 24); checked before it is used. */
type Internals = {
  readonly _handle?: {
    readonly writeSync?: (
      flush: number,
      from: Uint8Array,
      fromStart: number,
      fromLength: number,
      to: Uint8Array,
      toStart: number,
      toLength: number,
    ) => void
    readonly reset?: () => void
    onerror?: () => void
  }
  readonly _writeState?: Uint32Array
}
/** A view of the result, valid until the next call; null if it is not exactly `size` bytes, or damaged. */
type Inflate = (packed: Uint8Array, size: number) => Uint8Array | null

/** 64 × 64 pixels of 4 bytes, with a byte for each row, and one more to notice data that is longer. */
const BUFFER_BYTES = 64 * (64 * 4 + 1) + 1

const reused = checked(reusedStream())

/** @returns a view that is valid until the next call; null if the result is not exactly `size` bytes, if the packed
 *  bytes are damaged, or if some of them are left over. */
export const inflateExactly: Inflate = (packed, size) =>
  (size < BUFFER_BYTES && reused ? reused : inflatedOnce)(packed, size)

function reusedStream(): Inflate | null {
  const stream = createInflate()
  const { _handle: handle, _writeState: state } = stream as Internals
  const { writeSync, reset } = handle ?? {}
  if (!handle || !writeSync || !reset || !state) return null
  const buffer = new Uint8Array(BUFFER_BYTES)
  let isDamaged = false
  handle.onerror = () => {
    isDamaged = true
  }
  return (packed, size) => {
    isDamaged = false
    reset.call(handle)
    writeSync.call(handle, constants.Z_FINISH, packed, 0, packed.length, buffer, 0, size + 1)
    const [freeAfter, leftOver] = state
    return isDamaged || freeAfter !== 1 || leftOver !== 0 ? null : buffer.subarray(0, size)
  }
}

/** Null where Node's internals have changed. */
function checked(inflate: Inflate | null): Inflate | null {
  const packed = Uint8Array.of(0x78, 0x9c, 0x4b, 0x4c, 0x4a, 0x06, 0x00, 0x02, 0x4d, 0x01, 0x27) // "abc"
  try {
    const isRight = (): boolean => String(inflate?.(packed, 3)) === '97,98,99'
    return isRight() &&
      inflate?.(packed, 2) === null &&
      inflate(packed.subarray(0, 8), 3) === null &&
      isRight()
      ? inflate
      : null
  } catch {
    return null
  }
}

function inflatedOnce(packed: Uint8Array, size: number): Uint8Array | null {
  try {
    const { buffer, engine } = inflateSync(packed, { maxOutputLength: size, info: true }) as unknown as {
      buffer: Uint8Array
      engine: { bytesWritten: number }
    }
    return buffer.length === size && engine.bytesWritten === packed.length ? buffer : null
  } catch {
    return null
  }
}
