import { expect, test } from 'vitest'
import { namedInVain } from './comment-files.ts'

const isThere = (file: string): boolean => ['lib/data/rows.ts', 'docs/api.md', 'lib/data'].includes(file)
const broken = (text: string): readonly string[] =>
  namedInVain([{ file: 'lib/data/store.ts', text: `/** ${text} */\n` }], isThere).map(
    (sentence) => sentence.split(' ')[1]!,
  )

test.each([
  ['decided by old-rows.ts', ['old-rows.ts']],
  ['ML.md §5 says why', ['ML.md']],
  ['see lib/intake and lib/intake/readers/zip.ts', ['lib/intake/readers/zip.ts', 'lib/intake']],
  ['measured in ../shared/ML.md', ['../shared/ML.md']],
])('a comment that names a missing file is caught: %s', (text, names) => expect(broken(text)).toEqual(names))

test.each([
  'rows.ts next to it, lib/data/rows.ts in full, lib/data and docs/api.md',
  'this very store.ts',
  'model.json and weights.bin of a bundle',
  'https://example.org/guide/page.md',
  'tests are *.test.ts',
])('a reference is allowed: %s', (text) => expect(broken(text)).toEqual([]))
