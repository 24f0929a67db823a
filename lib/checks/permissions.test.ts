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

test('a permission that only a test needs, an empty module and an unused package are caught', () => {
  expect(
    unusedIn(sources, { data: { may: ['domain', 'ml'] }, domain: { may: [] }, browser: { may: ['ml'] } }, [
      [
        ['sharp', 'jpeg'],
        ['data', 'domain'],
      ],
      [['umap-js'], ['data']],
    ]),
  ).toEqual([
    'lib/checks/module-boundaries.ts: no file belongs to browser. Remove its row.',
    'lib/checks/module-boundaries.ts: data imports nothing from ml. Remove it from the row.',
    'lib/checks/module-boundaries.ts: domain imports none of sharp, jpeg. Remove it from PACKAGE_OWNERS.',
    'lib/checks/module-boundaries.ts: data imports none of umap-js. Remove it from PACKAGE_OWNERS.',
  ])
})

test('a permission that is used stays, a package of tests and Node itself included', () => {
  expect(
    unusedIn(sources, { data: { may: ['domain'] }, domain: { may: [] } }, [
      [['pngjs'], ['data']],
      [['node:*'], ['data', 'domain']],
    ]),
  ).toEqual([])
})
