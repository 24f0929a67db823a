import { existsSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { dependentsOf, LONG_TESTS, testsNear } from './near-tests.ts'
import { ROOT } from './sources.ts'

const sources = [
  { file: 'lib/domain/gate.ts', text: `import { x } from './statistics.ts'` },
  { file: 'lib/domain/gate.test.ts', text: `import { judge } from './gate.ts'` },
  { file: 'lib/training/run.test.ts', text: `import { judge } from '#lib/domain/gate.ts'` },
  { file: 'lib/domain/statistics.test.ts', text: `import { x } from './statistics.ts'` },
  { file: 'lib/domain/csv.test.ts', text: `import { csv } from './csv.ts'` },
]

test('the affected tests are those that import a file, wherever they are, and changed tests themselves', () => {
  expect(testsNear(['lib/domain/gate.ts'], sources)).toEqual([
    'lib/domain/gate.test.ts',
    'lib/training/run.test.ts',
  ])
  expect(testsNear(['lib/domain/csv.test.ts'], sources)).toEqual(['lib/domain/csv.test.ts'])
})

test('dependents are found through other files', () => {
  expect([...dependentsOf(['lib/domain/statistics.ts'], sources)]).toEqual([
    'lib/domain/statistics.ts',
    'lib/domain/gate.ts',
    'lib/domain/gate.test.ts',
    'lib/training/run.test.ts',
    'lib/domain/statistics.test.ts',
  ])
})

test('every test in the list of long tests exists', () => {
  expect(LONG_TESTS.filter((file) => !existsSync(path.join(ROOT, file)))).toEqual([])
})
