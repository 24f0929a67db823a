import { expect, test } from 'vitest'
import { neededBy, NEEDED } from './skipped.ts'
import { readSources } from './sources.ts'

const MAY_SKIP = /\b(?:test|describe)\.(?:runIf|skipIf)\(/

test('what a test file needs is stated where its tests may be skipped, and nowhere else', () => {
  const files = readSources()
    .filter(({ file, text }) => /\.test\.tsx?$/.test(file) && MAY_SKIP.test(text))
    .map(({ file }) => file)

  expect(files.filter((file) => !file.endsWith('/skipped.test.ts')).sort()).toEqual(
    Object.keys(NEEDED).sort(),
  )
})

test('the closing lines name the file and what it needs', () => {
  expect(neededBy('lib/processes/topology.test.ts')).toBe(
    'lib/processes/topology.test.ts needs Linux and nginx: apt-get install nginx-light',
  )
})
