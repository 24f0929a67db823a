import { expect, test } from 'vitest'
import { contracts } from '#lib/contracts/index.ts'
import type { Contract } from '#lib/contracts/contract.ts'
import { openWithFruit } from '../opened.fakes.ts'
import type { Queries } from '#lib/queries/queries.ts'

/** Every list and sum of this module that can be requested for a classifier. */
const FILTERED = [
  'listPredictions',
  'exportPredictions',
  'statistics',
  'listClasses',
  'listUploads',
  'listSamples',
  'dataSummary',
  'retrainStatus',
  'listRuns',
  'listModels',
  'listChanges',
  'listTrash',
] as const satisfies readonly (keyof Queries)[]

test.each(FILTERED)('%s of an unknown classifier is not found, instead of empty', async (name) => {
  const { data } = await openWithFruit()
  const request = data.queries[name] as (input: object) => Promise<unknown>
  const input = { limit: 10, days: 7, format: 'csv' }

  await expect(request({ ...input, classifier: 'friut' })).rejects.toMatchObject({
    code: 'not_found',
    message: expect.stringContaining('friut'),
  })
  await expect(request({ ...input, classifier: 'fruit' })).resolves.toBeDefined()
})

test('every route with a classifier filter documents that it may not exist', () => {
  const all: readonly Contract[] = contracts
  // The audit log also names classifiers that are gone, and an import the one that it creates.
  const isOfPresent = ({ path }: Contract) => !/^\/api\/(?:audit|imports)/.test(path)
  const ofPresent = all.filter(isOfPresent)
  const about = ofPresent.filter(({ input }) =>
    input.safeParse({ classifier: 'NOT A NAME' }).error?.issues.some(({ path }) => path[0] === 'classifier'),
  )

  expect(about.length).toBeGreaterThanOrEqual(FILTERED.length)
  expect(
    about
      .filter(({ errors }) => !errors.includes('not_found'))
      .map(({ method, path }) => `${method} ${path}`),
  ).toEqual([])
})
