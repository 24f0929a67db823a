/** A WebAssembly module with a limit of memory: what it states as the most that its memory may grow to is replaced.
 *  Growing further then fails inside the module, whatever the bytes are that it reads. */

const MEMORY_SECTION = 5
const PAGE_BYTES = 65_536

/** @throws where the module states no maximum, or has another number of memories than one */
export function withMostMemory(module: Uint8Array, limitBytes: number): Uint8Array<ArrayBuffer> {
  const out = Uint8Array.from(module)
  // WebAssembly core specification, section 5.5: a magic number, a version, sections of an id and a length
  for (let at = 8; at < out.length;) {
    const id = out[at]!
    const length = number(out, at + 1)
    if (id === MEMORY_SECTION) {
      replaceMost(out, length.end, limitBytes)
      return out
    }
    at = length.end + length.value
  }
  throw new Error('The module has no memory of its own.')
}

function replaceMost(out: Uint8Array, at: number, limitBytes: number): void {
  const hasMost = out[at] === 1 && out[at + 1] === 1
  if (!hasMost) throw new Error('The module states no maximum of its memory.')
  const least = number(out, at + 2)
  const most = number(out, least.end)
  const pages = Math.min(most.value, Math.max(least.value, Math.floor(limitBytes / PAGE_BYTES)))
  for (let i = least.end, rest = pages; i < most.end; i++, rest >>>= 7)
    out[i] = (rest & 0x7f) | (i < most.end - 1 ? 0x80 : 0)
}

/** LEB128. */
function number(bytes: Uint8Array, from: number): { readonly value: number; readonly end: number } {
  let value = 0
  for (let at = from, shift = 0; ; at++, shift += 7) {
    const byte = bytes[at]!
    value += (byte & 0x7f) * 2 ** shift
    if (byte < 0x80) return { value, end: at + 1 }
  }
}
