import { existsSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { dependentsOf, LONG_TESTS, testsNear } from './near-tests.ts'
import { ROOT } from './sources.ts'

const sources = [
  { file: 'lib/domain/evaluation/gate.ts', text: `import { x } from './statistics.ts'` },
  { file: 'lib/domain/evaluation/gate.test.ts', text: `import { judge } from './gate.ts'` },
  { file: 'lib/training/run.test.ts', text: `import { judge } from '#lib/domain/evaluation/gate.ts'` },
  { file: 'lib/domain/evaluation/statistics.test.ts', text: `import { x } from './statistics.ts'` },
  { file: 'lib/domain/text/csv.test.ts', text: `import { csv } from './csv.ts'` },
]

test('the affected tests are those that import a file, wherever they are, and changed tests themselves', () => {
  expect(testsNear(['lib/domain/evaluation/gate.ts'], sources)).toEqual([
    'lib/domain/evaluation/gate.test.ts',
    'lib/training/run.test.ts',
  ])
  expect(testsNear(['lib/domain/text/csv.test.ts'], sources)).toEqual(['lib/domain/text/csv.test.ts'])
})

test('dependents are found through other files', () => {
  expect([...dependentsOf(['lib/domain/evaluation/statistics.ts'], sources)]).toEqual([
    'lib/domain/evaluation/statistics.ts',
    'lib/domain/evaluation/gate.ts',
    'lib/domain/evaluation/gate.test.ts',
    'lib/training/run.test.ts',
    'lib/domain/evaluation/statistics.test.ts',
  ])
})

test('every test in the list of long tests exists', () => {
  expect(LONG_TESTS.filter((file) => !existsSync(path.join(ROOT, file)))).toEqual([])
})
