import { expect, test } from 'vitest'
import { cyclesIn } from './cycles.ts'

test('files that import each other are caught, by types and by lazy imports too', () => {
  const broken = cyclesIn([
    { file: 'lib/data/a.ts', text: `import { b } from './b.ts'` },
    { file: 'lib/data/b.ts', text: `const c = () => import('#lib/data/c.ts')` },
    { file: 'lib/data/c.ts', text: `import type { A } from './a.ts'` },
    { file: 'lib/data/d.ts', text: `import { a } from './a.ts'` },
  ])

  expect(broken).toHaveLength(1)
  expect(broken[0]).toMatch(
    /^lib\/data\/a\.ts: imports itself through lib\/data\/b\.ts → lib\/data\/c\.ts → lib\/data\/a\.ts\./,
  )
})

test('two cycles are reported as two, and a file that imports itself as one', () => {
  expect(
    cyclesIn([
      { file: 'lib/ml/a.ts', text: `import './b.ts'` },
      { file: 'lib/ml/b.ts', text: `import './a.ts'` },
      { file: 'lib/ml/c.ts', text: `import './c.ts'` },
    ]),
  ).toHaveLength(2)
})

test('two paths to one file are not a cycle', () => {
  expect(
    cyclesIn([
      { file: 'lib/ml/a.ts', text: `import './b.ts'\nimport './c.ts'` },
      { file: 'lib/ml/b.ts', text: `import './c.ts'\nimport 'node:fs'` },
      { file: 'lib/ml/c.ts', text: '' },
    ]),
  ).toEqual([])
})
