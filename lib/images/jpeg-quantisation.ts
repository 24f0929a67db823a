/** How strongly a JPEG is compressed. No pixel is decoded. */

/** Segments before the first scan: real files have a few dozen. */
const MOST_SEGMENTS = 100
const COEFFICIENTS = 64
/** ITU-T T.81, table B.1. */
const MARKER = { tables: 0xdb, scan: 0xda } as const

/** The mean of the first quantisation table (of brightness), 1 to 255: about 2 at quality 95, 20 at quality 70, 60 at
 *  quality 20. 0: the file is no JPEG, or its table has 16 bits. */
export function quantisationOf(bytes: Uint8Array): number {
  if (bytes[0] !== 0xff || bytes[1] !== 0xd8) return 0
  for (let at = 2, count = 0; at + 4 < bytes.length && count < MOST_SEGMENTS; count++) {
    if (bytes[at] !== 0xff || bytes[at + 1] === MARKER.scan) return 0
    if (bytes[at + 1] === MARKER.tables) {
      const table = bytes.subarray(at + 5, at + 5 + COEFFICIENTS)
      const is8Bit = bytes[at + 4]! >> 4 === 0
      return is8Bit && table.length === COEFFICIENTS ? mean(table) : 0
    }
    at += 2 + ((bytes[at + 2]! << 8) | bytes[at + 3]!)
  }
  return 0
}

const mean = (values: Uint8Array): number => values.reduce((sum, value) => sum + value, 0) / values.length
