import { expect, test } from 'vitest'
import { linesOf, strayed, uncovered } from './earlier-projects.ts'

test('a line of the list that is missing, or whose test does not exist by file and title, is caught', () => {
  const page = [
    '| 1.1 | a | `a.test.ts`: "it is so, always" |',
    '| 1.2 | b | `b.test.ts`: "it is so, always" |',
    '| 1.3 | c | `a.test.ts`: "it is not so" |',
    '| 1.4 | d | nothing |',
    '| 1.5 | e | `a.test.ts`: "test(" |',
    '| 1.6 | f | `LICENSE`: "it is so, always" |',
    '| 1.7 | g | `a.test.ts`: "only in a comment" |',
    '| 1.8 | h | `a.test.ts`: "row of a table" |',
  ].join('\n')
  const text =
    'test("it is so, always", () => undefined) // only in a comment\ntest.each([\n  ["a row of a ' +
    'table", 1],\n])("%s", () => undefined)'
  const isNoTitle = (line: string, words: string) =>
    `docs/earlier-projects.md: line ${line} names "${words}", which is not the title of a test in a.test.ts.`

  expect(uncovered(page, { 1: 9 }, (file) => (file === 'b.test.ts' ? null : text))).toEqual([
    'docs/earlier-projects.md: line 1.9 is missing.',
    'docs/earlier-projects.md: line 1.2 names b.test.ts, which does not exist.',
    isNoTitle('1.3', 'it is not so'),
    'docs/earlier-projects.md: line 1.4 names no test.',
    isNoTitle('1.5', 'test('),
    'docs/earlier-projects.md: line 1.6 names LICENSE, which is not a test.',
    isNoTitle('1.7', 'only in a comment'),
  ])
})

test('a page of the earlier projects that differs from their list is caught, wherever the list is', () => {
  const list =
    '# The floor\n\n## 1 · Addresses\n| [ ] 1.1 | POST `/predict` | MN |\n\n1. `/predict` twice\n\n## ' +
    '2 · Pages\n[ ] a dashboard · [ ] a predict page\n\n## 4 · Training\n[ ] promises\n\n## 7 · ' +
    'Load\n| CF | 10 users |\n\n[ ] a locustfile\n'
  const page = (...rows: string[]) => rows.map((row) => `| ${row} | – |`).join('\n')
  const whole = [
    '1.1 | POST `/predict`',
    '1.2 | **twice**',
    '2.1 | a **Dashboard**',
    '2.2 | **predict page**',
    '7.1 | **10 users**',
    '7.2 | **locustfile**',
  ]

  expect([...linesOf(list).keys()]).toEqual(['1.1', '1.2', '2.1', '2.2', '7.1', '7.2'])
  expect(strayed(page(...whole), list)).toEqual([])
  expect(strayed(page(...whole.slice(1)), list)).toEqual([
    expect.stringContaining('line 1.1 of the list is missing'),
  ])
  expect(strayed(page(...whole, '2.3 | **video**'), list)).toEqual([
    'docs/earlier-projects.md: the list has no line 2.3.',
  ])
  expect(strayed(page(...whole.with(3, '2.2 | **upload page**')), list)).toEqual([
    expect.stringContaining('does not say "upload page" in its line 2.2'),
  ])
  expect(strayed(page(...whole.with(3, '2.2 | something')), list)).toEqual([
    'docs/earlier-projects.md: line 2.2 has no words from the list, in code format or bold.',
  ])
})
