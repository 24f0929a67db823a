import { expect, test } from 'vitest'
import { unusedIn } from './permissions.ts'

const sources = [
  {
    file: 'lib/data/rows.ts',
    text: `import type { Job } from '#lib/domain/jobs.ts'\nimport { x } from 'sharp'`,
  },
  { file: 'lib/data/rows.test.ts', text: `import '#lib/ml/random.ts'\nimport 'pngjs'` },
  { file: 'lib/domain/jobs.ts', text: '' },
]

test('a permission that only a test needs, a room without files and a closed package are caught', () => {
  expect(
    unusedIn(sources, { data: { may: ['domain', 'ml'] }, domain: { may: [] }, browser: { may: ['ml'] } }, [
      [
        ['sharp', 'jpeg'],
        ['data', 'domain'],
      ],
      [['umap-js'], ['data']],
    ]),
  ).toEqual([
    'lib/checks/module-boundaries.ts: no file stands in browser. Take its row away.',
    'lib/checks/module-boundaries.ts: data imports nothing of ml. Take it out of its row.',
    'lib/checks/module-boundaries.ts: domain imports none of sharp, jpeg. Close that door.',
    'lib/checks/module-boundaries.ts: data imports none of umap-js. Close that door.',
  ])
})

test('what is used stays, a package of tests and Node itself included', () => {
  expect(
    unusedIn(sources, { data: { may: ['domain'] }, domain: { may: [] } }, [
      [['pngjs'], ['data']],
      [['node:*'], ['data', 'domain']],
    ]),
  ).toEqual([])
})
