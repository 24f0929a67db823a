/** Counts and lists of names in sentences: "1 image", "1,234 images", "3 entries", "a, b and 96 more". It knows no
 *  irregular plurals; the caller gives them. */
export const counted = (count: number, one: string, many = `${one}s`): string =>
  `${count.toLocaleString('en-GB')} ${count === 1 ? one : many}`

/** At most these are named; of long names, as many as fit into a few lines of a phone. */
const MOST_NAMES = 20
const MOST_CHARACTERS = 240

/** "a, b, c and 96 more". */
export function namesText(names: readonly string[], separator: string): string {
  const shown: string[] = []
  let characters = 0
  for (const name of names.slice(0, MOST_NAMES)) {
    characters += name.length
    if (shown.length > 0 && characters > MOST_CHARACTERS) break
    shown.push(name)
  }
  const more = names.length - shown.length
  return shown.join(separator) + (more > 0 ? ` and ${more} more` : '')
}
