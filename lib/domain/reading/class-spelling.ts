/** Class names of a set that differ only in spelling: case, full-width letters, a dot or space at the end, invisible
 *  characters. Pure. Names that look the same are one class; others are merged only when that is chosen, or when no
 *  folder has both. */
import { visible } from '../text/visible-text.ts'
import type { Choice, Doubt } from './choices.ts'
import { listed } from './listed.ts'

/** A name as it was found, where, and for how many images. */
export type NameUse = { readonly name: string; readonly place: string; readonly images: number }
export type ClassSpellings = {
  readonly nameOf: (name: string) => string
  readonly notes: readonly string[]
  readonly doubts: readonly Doubt[]
}

/** A name without invisible characters and needless spaces. */
export const tidyName = (name: string): string =>
  visible(name)
    .normalize('NFC')
    .replace(/[^\S\p{Cc}]+/gu, ' ')
    .trim()

function folded(name: string): string {
  const tidy = tidyName(name)
  const text = tidy.normalize('NFKC').toLowerCase()
  // not by an expression: that takes a time which grows with the square of the length
  let end = text.length
  while (end > 0 && /[\s.]/u.test(text[end - 1]!)) end--
  return text.slice(0, end) || tidy
}

export function spellingOf(uses: readonly NameUse[], choices: readonly Choice[]): ClassSpellings {
  const notes: string[] = []
  const together: string[] = []
  const apart: string[] = []
  const merged = new Map<string, string>()
  const tidied = new Set(uses.map(({ name }) => name).filter((name) => name !== tidyName(name)))
  const used = new Set(uses.map(({ name }) => name))
  const same = [...tidied].filter((name) => used.has(tidyName(name)))
  if (same.length > 0)
    notes.push(
      `${listed(same.map((name) => `"${tidyName(name)}"`))}: names that differ only in invisible characters ` +
        'or spaces are one class.',
    )
  const groups = Map.groupBy(uses, ({ name }) => folded(name))
  for (const group of groups.values()) {
    const names = [...new Set(group.map(({ name }) => tidyName(name)))]
    if (names.length < 2) continue
    const isTogether = areSiblings(group)
    const isMerged = choices.includes('merge-names') || (!isTogether && !choices.includes('separate-names'))
    const list = listed(
      names.map((name) => `"${name}"`),
      ' and ',
    )
    ;(isTogether ? together : apart).push(list)
    if (!isMerged) continue
    const counts = imagesOf(group)
    const best = names.toSorted((a, b) => plainness(b) - plainness(a) || counts.get(b)! - counts.get(a)!)[0]!
    for (const name of names) merged.set(name, best)
    notes.push(`${list} are one class, "${best}".`)
  }
  const doubts: Doubt[] = [
    ...(together.length > 0 ? [doubt('merge-names', together)] : []),
    ...(apart.length > 0 ? [doubt('separate-names', apart)] : []),
  ]
  const known = new Map<string, string>()
  const nameOf = (name: string): string => {
    const before = known.get(name)
    if (before !== undefined) return before
    const tidy = tidyName(name)
    const spelled = merged.get(tidy) ?? tidy
    known.set(name, spelled)
    return spelled
  }
  return { nameOf, notes, doubts }
}

const doubt = (choice: Doubt['choice'], lists: readonly string[]): Doubt => ({
  choice,
  why: `${lists.slice(0, 4).join('; ')}${lists.length > 4 ? '; …' : ''} differ only in spelling`,
})

/** Whether one folder has several of them: then they are separate on purpose. */
function areSiblings(group: readonly NameUse[]): boolean {
  const places = Map.groupBy(group, ({ place }) => place)
  return [...places.values()].some((uses) => new Set(uses.map(({ name }) => tidyName(name))).size > 1)
}

/** Full-width letters are the less usual spelling. */
const plainness = (name: string): number => (name.normalize('NFKC') === name ? 1 : 0)

function imagesOf(group: readonly NameUse[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const { name, images } of group) {
    const tidy = tidyName(name)
    counts.set(tidy, (counts.get(tidy) ?? 0) + images)
  }
  return counts
}
