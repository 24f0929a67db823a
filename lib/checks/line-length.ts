/** The rule of width: a line fits a screen beside another. Prettier breaks what it can; what it cannot, such as
 *  a long text or a template, people divide. Imports and lines with an address are left alone. */
import { eachFile, type Law } from './rule.ts'
import type { SourceFile } from './sources.ts'

const MOST_CHARACTERS = 120
const LEFT_ALONE = /^\s*(import|export)\b.* from '[^']*'$|https?:\/\/\S{30,}/

export const lineLength: Law = {
  name: `no line longer than ${MOST_CHARACTERS} characters`,
  counts: 'files',
  floor: 400,
  judge: eachFile(() => true, tooWide),
}

export function tooWide({ file, text }: SourceFile): readonly string[] {
  return text
    .split('\n')
    .map((line, i) => ({ line, number: i + 1 }))
    .filter(({ line }) => line.length > MOST_CHARACTERS && !LEFT_ALONE.test(line))
    .map(
      ({ line, number }) =>
        `${file}:${number}: ${line.length} characters; the limit is ${MOST_CHARACTERS}. Split the text, or ` +
        'give a part of it a name.',
    )
}
