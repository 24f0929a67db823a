/** Formats an uptime: "2d 5h 23m 15s". */

const UNITS = [
  ['d', 86_400],
  ['h', 3_600],
  ['m', 60],
] as const

export function uptimeWords(seconds: number): string {
  let rest = Math.max(0, Math.floor(seconds))
  const words: string[] = []
  for (const [unit, length] of UNITS) {
    const count = Math.floor(rest / length)
    rest -= count * length
    if (count > 0 || words.length > 0) words.push(`${count}${unit}`)
  }
  return [...words, `${rest}s`].join(' ')
}
