import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import type { SampleFilters, SampleSort } from '#lib/contracts/sample-filters.ts'
import { idsStatement, latestStatement } from './list-statements.ts'
import type { Prisma } from '../generated/client.ts'
import { openWithFruit } from '../opened.fakes.ts'

/** How SQLite executes a statement. */
function planOf({ sql, values }: Prisma.Sql, databaseFile: string): string {
  using database = new DatabaseSync(databaseFile, { readOnly: true })
  return database
    .prepare(`EXPLAIN QUERY PLAN ${sql}`)
    .all(...values.map((value) => value as string | number))
    .map(({ detail }) => String(detail))
    .join('\n')
}

test.each<[string, SampleFilters, SampleSort, RegExp]>([
  ['newest first', {}, 'newest', /COVERING INDEX Sample_classifierId_trashedAt_id_idx/],
  ['by name', {}, 'name', /COVERING INDEX Sample_classifierId_trashedAt_filename_id_idx/],
  ['of one class', { label: 'apple' }, 'newest', /Sample_classifierId_label_id_idx/],
  ['by certainty', {}, 'least_certain', /SamplePrediction_versionId_confidence_hash_idx/],
])('a list %s is read from an index in its order', async (_how, filters, sort, index) => {
  const { settings } = await openWithFruit()
  const statement = idsStatement({ classifierId: 'fruit', ...filters }, { sort, limit: 50 })

  const plan = planOf(statement, settings.databaseFile)

  expect(plan).toMatch(index)
  expect(plan).not.toContain('TEMP B-TREE')
})

test('the latest predictions of some images are read by image, not through all of the version', async () => {
  const { settings } = await openWithFruit()

  const plan = planOf(latestStatement('v', ['a', 'b']), settings.databaseFile)

  expect(plan).toMatch(/Prediction_pictureHash_idx/)
})
