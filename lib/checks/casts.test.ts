import { expect, test } from 'vitest'
import { castsIn } from './casts.ts'

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
