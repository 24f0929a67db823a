import { expect, test } from 'vitest'
import { EXPLAINED } from './private-words-explained.ts'
import { unneeded, wordsIn } from './private-words.ts'

test.each([
  ['lib/domain/evaluation/gate.ts', '// what the user asked for'],
  ['app/classifiers/[id]/images/add/page.tsx', '<p>Bring your pictures</p>'],
  ['docs/retraining.md', 'Accuracy on held-back images'],
  ['docs/retraining.md', 'The kept images are shown.'],
  ['lib/data/data.ts', 'readonly isTold: boolean'],
  ['lib/http/problem.ts', 'const kept = 1'],
  ['e2e/attacks.spec.ts', "test('nobody is logged in')"],
  ['lib/domain/evaluation/gate.ts', '// the folder DATA_DIR/pictures'],
])('a private word is caught: %s: %s', (file, text) =>
  expect(wordsIn({ file, text }, EXPLAINED)).toHaveLength(1),
)

test.each([
  ['docs/operations.md', 'The newest seven backups are kept.'],
  ['docs/operations.md', '| `pictures/` | images |'],
  ['lib/data/images/images.ts', 'INSERT INTO "Picture"'],
  ['lib/contracts/settings.ts', 'DOOR: z.enum'],
  ['lib/domain/evaluation/gate.ts', 'const questions = unasked + classroom'],
])('a name that is stored or set by others, or plain English, is allowed: %s: %s', (file, text) =>
  expect(wordsIn({ file, text }, EXPLAINED)).toEqual([]),
)

test('an exception that no file needs is caught', () => {
  const files = [{ file: 'lib/data/a.ts', text: 'FROM "Picture"' }]
  const needed = { files: /^lib\//, text: /"Picture"/, reason: 'a table' }
  const gone = { files: /^lib\//, text: /pictureHash/, reason: 'a column' }

  expect(unneeded(files, [needed, gone])).toEqual([expect.stringContaining('pictureHash')])
})
