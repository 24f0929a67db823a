/** Names in a sentence. A set may have 200,000 folders: only the first are named. Pure. */

const MOST_NAMED = 8

export function listed(names: readonly string[], separator = ', '): string {
  const more = names.length - MOST_NAMED
  return names.slice(0, MOST_NAMED).join(separator) + (more > 0 ? `${separator}${more} more` : '')
}
