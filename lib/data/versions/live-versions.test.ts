import { execFileSync } from 'node:child_process'
import { rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { openForTest, openWithFruit } from '../opened.fakes.ts'
import { registerVersion, sealBundle, shipClassifier } from './sealed.fakes.ts'

const by = { by: 'Ada', reason: null }

/** Four versions, of which v1 to v3 were live one after the other. */
async function withHistory() {
  const opened = await openWithFruit()
  const { data } = opened
  const [v1, v2, v3, v4] = [
    await registerVersion(data),
    await registerVersion(data),
    await registerVersion(data),
    await registerVersion(data),
  ]
  for (const { id: versionId } of [v1, v2, v3]) await data.promotions.promote({ versionId, ...by })
  const live = async () => {
    const found = await data.live.of('fruit')
    return [found?.promoted.version.name, found?.version?.name ?? null, found?.reason ?? null]
  }
  return { ...opened, v1, v2, v3, v4, live }
}

test('the promoted version is live while nothing is wrong with it', async () => {
  const { data, live } = await withHistory()

  expect(await live()).toEqual(['v3', 'v3', null])
  expect(await data.live.of('leaves')).toBeNull()
})

test('earlier live versions take over in order, and the promoted one returns when its fault is cleared', async () => {
  const { data, live, v1, v2, v3 } = await withHistory()

  await data.live.reportFault(v3.id, 'weights.bin is damaged')
  expect(await live()).toEqual(['v3', 'v2', 'weights.bin is damaged'])
  await data.live.reportFault(v2.id, 'gone')
  expect(await live()).toEqual(['v3', 'v1', 'weights.bin is damaged'])
  await data.live.reportFault(v1.id, 'gone')
  expect(await live()).toEqual(['v3', null, 'weights.bin is damaged'])

  await data.live.clearFault(v3.id)
  expect(await live()).toEqual(['v3', 'v3', null])
  expect((await data.live.all()).map(({ version }) => version?.name)).toEqual(['v3'])
})

test('a version that was rolled back from is tried after those below, and one that never was live is not', async () => {
  const { data, live, v1, v2 } = await withHistory()
  await data.promotions.rollback('fruit', 'Ada')

  await data.live.reportFault(v2.id, 'gone')
  expect(await live()).toEqual(['v2', 'v1', 'gone'])
  await data.live.reportFault(v1.id, 'gone')
  expect(await live()).toEqual(['v2', 'v3', 'gone'])
})

test('a shipped version takes over where nothing else was live', async () => {
  const { data, settings } = await openForTest()
  shipClassifier(settings.modelsDir)
  await data.syncShipped()
  const trained = await registerVersion(data)
  await data.promotions.promote({ versionId: trained.id, ...by })

  await data.live.reportFault(trained.id, 'gone')

  expect((await data.live.of('fruit'))?.version).toMatchObject({ name: 'v1', isShipped: true })
})

test.each<[string, string, (file: string) => void, string]>([
  ['a pipe', 'weights.bin', pipe, 'weights.bin is not a file'],
  ['a pipe', 'manifest.json', pipe, 'manifest.json is not a file'],
  ['a device', 'weights.bin', (file) => symlinkSync('/dev/zero', file), 'weights.bin is not a file'],
  ['50 GB', 'weights.bin', huge, 'weights.bin has 53687091200 bytes instead of 14'],
  ['50 GB', 'card.json', huge, 'card.json has 53687091200 bytes, more than any such file'],
  ['nothing', 'golden.json', (file) => writeFileSync(file, ''), 'golden.json has 0 bytes instead of 2'],
])('a version with %s in the place of %s is refused without reading it', async (_what, name, place, why) => {
  const { data, v2 } = await withHistory()
  const file = path.join(v2.folder, name)
  rmSync(file)
  place(file)

  for (const proof of [data.versions.check, data.versions.verify])
    await expect(proof(v2.id)).rejects.toMatchObject({ code: 'bad_bundle', why })
})

test('a version whose folder holds another one is refused', async () => {
  const { data, v1, v2 } = await withHistory()
  expect(await data.versions.check(v1.id)).toMatchObject({ name: 'v1' })

  sealBundle(v1.folder, { version: 'v2' })
  await expect(data.versions.check(v1.id)).rejects.toMatchObject({
    code: 'bad_bundle',
    why: 'its manifest is for fruit v2',
  })
  sealBundle(v1.folder, { classes: ['fig', 'lime', 'plum'] })
  await expect(data.versions.check(v1.id)).rejects.toMatchObject({
    code: 'bad_bundle',
    why: expect.stringContaining('classes.json'),
  })

  writeFileSync(path.join(v2.folder, 'weights.bin'), 'noise fruit v3')
  await expect(data.versions.verify(v2.id)).rejects.toMatchObject({
    code: 'bad_bundle',
    why: expect.stringContaining('weights.bin'),
  })
})

test('a fingerprint changes with any file of a version', async () => {
  const { data, v1 } = await withHistory()
  const before = await data.versions.fingerprint(v1.folder)
  expect(await data.versions.fingerprint(v1.folder)).toBe(before)

  writeFileSync(path.join(v1.folder, 'weights.bin'), 'others')
  const changed = await data.versions.fingerprint(v1.folder)
  rmSync(v1.folder, { recursive: true })

  expect(new Set([before, changed, await data.versions.fingerprint(v1.folder)]).size).toBe(3)
})

test('a version that serves in place of one that cannot be loaded may not be put in the trash', async () => {
  const { data, v1, v2, v3 } = await withHistory()
  await data.live.reportFault(v3.id, 'weights.bin is damaged')
  await data.live.reportFault(v2.id, 'gone')

  await expect(data.trash.putVersion(v1.id, 'Ada')).rejects.toMatchObject({
    code: 'conflict',
    why: 'it serves predictions while v3 cannot be loaded (weights.bin is damaged)',
    remedy: 'Restore the files of v3, or promote another version first.',
  })

  await data.live.clearFault(v3.id)
  expect(await data.trash.putVersion(v1.id, 'Ada')).toMatchObject({ kind: 'version' })
})

function pipe(file: string): void {
  execFileSync('mkfifo', [file])
}

function huge(file: string): void {
  writeFileSync(file, '')
  truncateSync(file, 50 * 1024 ** 3)
}
