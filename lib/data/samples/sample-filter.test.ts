import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import type { SampleFilters, SampleSort } from '#lib/contracts/sample-filters.ts'
import { idsStatement } from '#lib/queries/sample-list.ts'
import { openWithFruit } from '../opened.fakes.ts'

test.each<[string, SampleFilters, SampleSort, RegExp]>([
  ['newest first', {}, 'newest', /COVERING INDEX Sample_classifierId_trashedAt_id_idx/],
  ['by name', {}, 'name', /COVERING INDEX Sample_classifierId_trashedAt_filename_id_idx/],
  ['of one class', { label: 'apple' }, 'newest', /Sample_classifierId_label_id_idx/],
  ['by certainty', {}, 'least_certain', /SamplePrediction_versionId_confidence_hash_idx/],
])('a list %s is read from an index in its order', async (_how, filters, sort, index) => {
  const { settings } = await openWithFruit()
  const statement = idsStatement({ classifierId: 'fruit', ...filters }, { sort, limit: 50 })

  using database = new DatabaseSync(settings.databaseFile, { readOnly: true })
  const plan = database
    .prepare(`EXPLAIN QUERY PLAN ${statement.sql}`)
    .all(...statement.values.map((value) => value as string | number))
    .map(({ detail }) => String(detail))
    .join('\n')

  expect(plan).toMatch(index)
  expect(plan).not.toContain('TEMP B-TREE')
})
