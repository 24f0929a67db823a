import { expect, test } from 'vitest'
import { contracts } from '#lib/contracts/index.ts'
import type { Contract } from '#lib/contracts/contract.ts'
import { openWithFruit } from '../opened.fakes.ts'
import type { Queries } from '#lib/queries/queries.ts'

/** Every list and sum of this module that can be requested for a classifier. */
const ASKED = [
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

test.each(ASKED)('%s of an unknown classifier is not found, instead of empty', async (name) => {
  const { data } = await openWithFruit()
  const ask = data.queries[name] as (input: object) => Promise<unknown>
  const input = { limit: 10, days: 7, format: 'csv' }

  await expect(ask({ ...input, classifier: 'friut' })).rejects.toMatchObject({
    code: 'not_found',
    message: expect.stringContaining('friut'),
  })
  await expect(ask({ ...input, classifier: 'fruit' })).resolves.toBeDefined()
})

test('every route with a classifier filter documents that it may not exist', () => {
  const all: readonly Contract[] = contracts
  // The audit log also names classifiers that are gone.
  const ofPresent = all.filter(({ path }) => !path.startsWith('/api/audit'))
  const about = ofPresent.filter(({ input }) =>
    input.safeParse({ classifier: 'NOT A NAME' }).error?.issues.some(({ path }) => path[0] === 'classifier'),
  )

  expect(about.length).toBeGreaterThanOrEqual(ASKED.length)
  expect(
    about
      .filter(({ errors }) => !errors.includes('not_found'))
      .map(({ method, path }) => `${method} ${path}`),
  ).toEqual([])
})
