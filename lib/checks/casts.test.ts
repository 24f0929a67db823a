import { expect, test } from 'vitest'
import { castsIn, rowCastsIn } from './casts.ts'

const claims = (text: string) => castsIn({ file: 'lib/data/a.ts', text })

test.each([
  'const row = JSON.parse(text) as Row',
  'const { name } = (JSON.parse(text) as Row)',
  'const row: Row = JSON.parse(text)',
  'const { name } = JSON.parse(text)',
  'const answer = (await response.json()) as Answer',
  'const read = (text: string): Row => JSON.parse(text)',
])('a claimed type is caught: %s', (text) => expect(claims(text)).toHaveLength(1))

test.each([
  'const value: unknown = JSON.parse(text)',
  'const row = rowSchema.parse(JSON.parse(text))',
  'const value = JSON.parse(text) as unknown',
  'const read = (text: string): unknown => JSON.parse(text)',
  'const copy = { ...row } as Row',
])('not a claimed type: %s', (text) => expect(claims(text)).toEqual([]))

const rowClaims = (text: string) => rowCastsIn({ file: 'lib/data/a.ts', text })

test.each([
  'const state = row.state as RunState',
  'const split = line.slice(2) as Split | null',
  'const one = rows[0] as { kind: Kind }',
  'const kind = <const>(row.kind as Kind)',
])('a cast of a stored value is caught: %s', (text) => expect(rowClaims(text)).toHaveLength(1))

test.each([
  "const state = wordOf(RUN_STATES, row.state, 'Run.state')",
  'const OPEN = { isOpen: true } as const',
  "const states = ['queued'] as string[]",
  'const value = row.json as unknown',
])('no cast of a stored value: %s', (text) => expect(rowClaims(text)).toEqual([]))
