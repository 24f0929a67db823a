import { expect, test } from 'vitest'
import { pageOf } from './page.ts'

const cursorOf = (row: string): string => `after ${row}`

test.each<[string, readonly string[], number, readonly string[], string | null]>([
  ['one row more than the limit leads to a next page', ['a', 'b', 'c'], 2, ['a', 'b'], 'after b'],
  ['as many rows as the limit are the last page', ['a', 'b'], 2, ['a', 'b'], null],
  ['fewer rows are the last page', ['a'], 2, ['a'], null],
  ['no rows are an empty page', [], 2, [], null],
  ['a page of nothing leads nowhere', ['a'], 0, [], null],
])('%s', (_case, rows, limit, shown, next) =>
  expect(pageOf(rows, limit, cursorOf)).toEqual({ rows: shown, next }),
)
