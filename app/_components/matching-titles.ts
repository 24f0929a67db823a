/** The classifiers that a search finds. Pure. */

export type ClassifierTitle = { readonly id: string; readonly title: string }

/** Every word of the search occurs in the title or in the id; those whose title starts with the search come first. */
export function matchingTitles(
  classifiers: readonly ClassifierTitle[],
  search: string,
): readonly ClassifierTitle[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean)
  const matches = classifiers.filter(({ id, title }) => {
    const text = `${title} ${id}`.toLowerCase()
    return words.every((word) => text.includes(word))
  })
  const starts = ({ title }: ClassifierTitle) => title.toLowerCase().startsWith(words[0] ?? '')
  return [...matches.filter(starts), ...matches.filter((one) => !starts(one))]
}
