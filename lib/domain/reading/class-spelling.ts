/** Class names of a set that differ only in spelling: case, full-width letters, a dot or space at the end, invisible
 *  characters. Pure. Names that look the same are one class; others are merged only when that is chosen, or when no
 *  folder has both. */
import { visible } from '../visible-text.ts'
import type { Choice, Doubt } from './choices.ts'

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

const folded = (name: string): string =>
  tidyName(name)
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[\s.]+$/u, '') || tidyName(name)

export function spellingOf(uses: readonly NameUse[], choices: readonly Choice[]): ClassSpellings {
  const notes: string[] = []
  const together: string[] = []
  const apart: string[] = []
  const merged = new Map<string, string>()
  const tidied = new Set(uses.map(({ name }) => name).filter((name) => name !== tidyName(name)))
  const same = [...tidied].filter((name) => uses.some((use) => use.name === tidyName(name)))
  if (same.length > 0)
    notes.push(
      `${same.map((name) => `"${tidyName(name)}"`).join(', ')}: names that differ only in invisible characters ` +
        'or spaces are one class.',
    )
  const groups = Map.groupBy(uses, ({ name }) => folded(name))
  for (const group of groups.values()) {
    const names = [...new Set(group.map(({ name }) => tidyName(name)))]
    if (names.length < 2) continue
    const isTogether = areSiblings(group)
    const isMerged = choices.includes('merge-names') || (!isTogether && !choices.includes('separate-names'))
    const list = names.map((name) => `"${name}"`).join(' and ')
    ;(isTogether ? together : apart).push(list)
    if (!isMerged) continue
    const best = names.toSorted(
      (a, b) => plainness(b) - plainness(a) || count(group, b) - count(group, a),
    )[0]!
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

const count = (group: readonly NameUse[], name: string): number =>
  group.reduce((sum, use) => sum + (tidyName(use.name) === name ? use.images : 0), 0)
