/** Which classes a search field offers. */

/** As many classes as have a button each without a search field, and as many matches as are shown. */
export const MOST_BUTTONS = 9

type ClassMatches = {
  readonly shown: readonly string[]
  /** Further matches that are not shown. */
  readonly more: number
  /** What Enter chooses: the class with exactly this name, or the only match. */
  readonly chosen: string | null
}

/** Names that begin with the text come first. */
export function matchingClasses(classes: readonly string[], text: string): ClassMatches {
  const wanted = text.trim().toLocaleLowerCase()
  const named = classes.map((name) => ({ name, at: name.toLocaleLowerCase().indexOf(wanted) }))
  const matches = named
    .filter(({ at }) => at >= 0)
    .sort((a, b) => Number(a.at > 0) - Number(b.at > 0))
    .map(({ name }) => name)
  const exact = classes.find((name) => name.toLocaleLowerCase() === wanted)
  const only = wanted !== '' && matches.length === 1 ? matches[0]! : null
  return {
    shown: matches.slice(0, MOST_BUTTONS),
    more: Math.max(0, matches.length - MOST_BUTTONS),
    chosen: exact ?? only,
  }
}
