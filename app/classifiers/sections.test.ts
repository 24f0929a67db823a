import { existsSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { pathBelow, sectionOf, SECTIONS } from './sections.ts'

test.each(SECTIONS.map(({ label, segment }) => [label, segment] as const))(
  'the section %s has its page',
  (_, segment) => expect(existsSync(path.join(import.meta.dirname, '[id]', segment, 'page.tsx'))).toBe(true),
)

test('the segments and the labels of the sections are unique', () => {
  expect(new Set(SECTIONS.map(({ segment }) => segment)).size).toBe(SECTIONS.length)
  expect(new Set(SECTIONS.map(({ label }) => label)).size).toBe(SECTIONS.length)
})

test('the overview has no path below the classifier', () => {
  expect(sectionOf('').label).toBe('Overview')
  expect(pathBelow('')).toEqual([])
})
