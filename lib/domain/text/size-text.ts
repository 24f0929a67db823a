/** A size in bytes as people read it in messages: "512 MB", "1.5 MB". It rounds to the nearest; an error that compares
 *  two nearly equal sizes needs digits of its own. */
const MIB = 1024 ** 2
const DIGIT_BELOW = 10 * MIB // smaller sizes have one digit

export const megabytes = (bytes: number): string =>
  `${(bytes / MIB).toLocaleString('en', { maximumFractionDigits: bytes < DIGIT_BELOW ? 1 : 0 })} MB`
