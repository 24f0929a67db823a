/**
 * Rule about width: two files fit on a screen side by side. Prettier breaks what it can; authors split the
 * rest, such as a long text or a template. Imports and lines with a URL are exempt.
 */
import { eachFile, type ProjectRule } from './rule.ts'
import type { SourceFile } from './sources.ts'

const MOST_CHARACTERS = 120
const EXEMPT = /^\s*(import|export)\b.* from '[^']*'$|https?:\/\/\S{30,}/

export const lineLength: ProjectRule = {
  name: `no line longer than ${MOST_CHARACTERS} characters`,
  counts: 'files',
  minimum: 400,
  judge: eachFile(() => true, tooWide),
}

export function tooWide({ file, text }: SourceFile): readonly string[] {
  return text
    .split('\n')
    .map((line, i) => ({ line, number: i + 1 }))
    .filter(({ line }) => line.length > MOST_CHARACTERS && !EXEMPT.test(line))
    .map(
      ({ line, number }) =>
        `${file}:${number}: ${line.length} characters; the limit is ${MOST_CHARACTERS}. Split the text, or ` +
        'give a part of it a name.',
    )
}
