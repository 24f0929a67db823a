/** How a process notes which image it is decoding, so that its successor knows one that ended it. */

const DECODING = 'decode'

export const noteOf = (hash: string): string => `${DECODING} ${hash}`

/** The hashes of the images that a process was decoding when it ended, from the work that it has left. */
export const imagesIn = (left: readonly string[]): readonly string[] =>
  left.flatMap((work) => (work.startsWith(`${DECODING} `) ? [work.slice(DECODING.length + 1)] : []))
