/** The other readings of a set by name: what a person or a script may choose instead of the best reading. Pure. */

/** Each is the opposite of what the best reading does where both are possible. */
export const READINGS = {
  'outer-folders': 'The outer folders are the classes.',
  'inner-folders': 'The inner folders are the classes.',
  'parts-as-classes': 'Folders such as "train" and "test" are classes.',
  'all-folders': 'Every folder with images is a class.',
  'merge-names': 'Names that differ only in spelling are one class.',
  'separate-names': 'Names that differ only in spelling are separate classes.',
  'by-folders': 'The folders are the classes, and label tables are ignored.',
  'by-table': 'The label table names the classes, and folders are ignored.',
  'by-names': 'The beginnings of the file names are the classes.',
  'class-codes': 'The classes keep their numbers or identifiers.',
  'class-names': 'The classes have the names that a list in the set gives them.',
  'hidden-folders': 'Hidden folders are read, too.',
} as const
export type ReadingName = keyof typeof READINGS
export type Choice = ReadingName | `column:${string}`

/** `inner-folders,merge-names`, as it comes from a query or a form; null when a part of it is not a reading. */
export function choicesOf(text: string): readonly Choice[] | null {
  const parts = text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
  return parts.every(isChoice) ? parts : null
}

const isChoice = (text: string): text is Choice => Object.hasOwn(READINGS, text) || /^column:\S/.test(text)

export const choicesText = (choices: readonly Choice[]): string => choices.join(',')

/** Another possible reading, and why it is possible. */
export type Doubt = { readonly choice: Choice; readonly why: string }
