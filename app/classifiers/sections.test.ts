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

test.each([
  ['predict', 'predict', ['Predict']],
  ['predict/jobs', 'predict', ['Predict', 'Many images']],
  ['versions/v3', 'versions', ['Versions', 'v3']],
  ['versions/v3/images', 'versions', ['Versions', 'v3', 'Images']],
  ['versions/compare', 'versions', ['Versions', 'Compare']],
  ['train/0193', 'train', ['Train', 'Training run']],
  ['images/add', 'images/add', ['Add images']],
  ['images/findings', 'images', ['Images', 'Problems']],
])('%s belongs to a section and has a path', (path, segment, labels) => {
  expect(sectionOf(path).segment).toBe(segment)
  expect(pathBelow(path).map(({ label }) => label)).toEqual(labels)
})
