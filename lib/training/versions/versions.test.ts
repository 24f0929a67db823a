import { appendFileSync, rmSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { openWithFruit } from '#lib/data/opened.fakes.ts'
import { registerVersion } from '#lib/data/versions/sealed.fakes.ts'
import { ROOT } from '#lib/processes/settings.ts'
import { createVersionCases } from './versions.ts'

const context = {
  caller: { kind: 'user', id: 'ada', name: 'Ada', role: 'admin' },
  signal: new AbortController().signal,
} as unknown as Parameters<ReturnType<typeof createVersionCases>['promoteModel']>[1]

/** Three versions, the second live; verifying one checks its files on disk. */
async function withVersions() {
  const { data } = await openWithFruit()
  const [v1, v2, v3] = [await registerVersion(data), await registerVersion(data), await registerVersion(data)]
  for (const { id: versionId } of [v1, v2])
    await data.promotions.promote({ versionId, by: 'Ada', reason: null })
  const cases = createVersionCases({
    data,
    now: () => Date.now(),
    engine: () => 'wasm',
    root: ROOT,
    verify: data.versions.verify,
  })
  const live = async () => (await data.live.of('fruit'))?.promoted.version.name
  return { data, cases, live, v1, v2, v3 }
}

test('a version with damaged files is not promoted: 422 names the file, and the live version stays', async () => {
  const { cases, live, v3 } = await withVersions()
  appendFileSync(path.join(v3.folder, 'weights.bin'), 'x')

  await expect(cases.promoteModel({ id: v3.id }, context)).rejects.toMatchObject({
    code: 'bad_bundle',
    message: expect.stringMatching(/v3 was not promoted: weights.bin has \d+ bytes instead of \d+/),
  })

  expect(await live()).toBe('v2')
})

test('a rollback to a version whose files are gone is refused, and the live version stays', async () => {
  const { cases, live, v1 } = await withVersions()
  rmSync(v1.folder, { recursive: true })

  await expect(cases.rollback({ classifier: 'fruit' }, context)).rejects.toMatchObject({
    code: 'bad_bundle',
    message: expect.stringContaining('manifest.json cannot be read'),
  })

  expect(await live()).toBe('v2')
})

test('an intact version is promoted, and rolled back from', async () => {
  const { cases, live, v3 } = await withVersions()

  expect(await cases.promoteModel({ id: v3.id }, context)).toMatchObject({
    champion: { version: 'v3', is_live: true },
    previous: 'v2',
    acknowledged: true,
  })
  expect(await cases.rollback({ classifier: 'fruit' }, context)).toMatchObject({
    champion: { version: 'v2' },
    previous: 'v3',
  })

  expect(await live()).toBe('v2')
})
