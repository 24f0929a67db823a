import { expect, test } from 'vitest'
import { liesIn, numberedTwice, unnamed } from './documents.ts'

test('two decision records with the same number are reported', () => {
  const records = [
    'README.md',
    'docs/decisions/0001-a.md',
    'docs/decisions/0002-b.md',
    'docs/decisions/0001-c.md',
  ]

  expect(numberedTwice(records)).toEqual([expect.stringContaining('docs/decisions/0001-c.md: another')])
  expect(numberedTwice(records.slice(0, 2))).toEqual([])
})

test('a broken link and an unknown command are caught', () => {
  const text =
    'See [modules](architecture.md), [speed](fast.md), [outside](https://example.org), <img ' +
    'src="a.png">. Run `npm run fly` or `npm run dev`.'

  expect(liesIn('docs/guide.md', text, ['dev'])).toEqual([
    'docs/guide.md: the link to fast.md is broken.',
    'docs/guide.md: the link to a.png is broken.',
    'docs/guide.md: there is no command npm run fly.',
  ])
  expect(unnamed('npm start, npm run dev', ['start', 'dev', 'bench'])).toEqual([
    'README.md: the command npm run bench is missing.',
  ])
})
