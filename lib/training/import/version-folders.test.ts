/** The folder of an imported version when another import has taken its number. */
import { existsSync, mkdirSync, utimesSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { openForTest } from '#lib/data/opened.fakes.ts'
import { imports, teachable } from './import-jobs.fakes.ts'

test.each([
  ['of another import that is about to register it stays', 0, 'v3', true],
  ['of an import that was killed is replaced', 2 * 60 * 60, 'v2', false],
])('a folder without a row %s', async (_story, ageSeconds, version, isThere) => {
  const fixture = await openForTest()
  const { send, work } = imports(fixture)
  await send([teachable(['Cat', 'Dog'])], { classifier: 'pets' })
  await work()
  const folder = fixture.data.versions.folderFor('pets', 2)
  mkdirSync(folder)
  writeFileSync(path.join(folder, 'note'), 'of another import')
  const changed = Date.now() / 1000 - ageSeconds
  utimesSync(folder, changed, changed)

  await send([teachable(['Cat', 'Dog'])], { classifier: 'pets' })
  const next = await work()

  expect(next).toMatchObject({ state: 'done', model_version: version })
  expect(existsSync(path.join(folder, 'note'))).toBe(isThere)
  expect((await fixture.data.versions.list('pets')).map(({ name }) => name).toSorted()).toEqual([
    'v1',
    version,
  ])
})
