import { appendFileSync, existsSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { verifyBundle } from './bundles.ts'
import { editsOf, openForTest, openWithFruit, predictionOf } from '../opened.fakes.ts'
import { championsBefore } from './promotions.ts'
import { registerVersion, sealBundle, shipClassifier } from './sealed.fakes.ts'

const by = { by: 'Ada', reason: null }

test.each([
  ['nothing was promoted', '', ''],
  ['one was promoted', '+a', 'a'],
  ['each promotion lays one on top', '+a +b +c', 'a b c'],
  ['a rollback uncovers the one below', '+a +b +c -b', 'a b'],
  ['a second rollback goes further back, not forward again', '+a +b +c -b -a', 'a'],
  ['what was rolled back may come again', '+a +b -a +b', 'a b'],
  ['a live version deleted since leaves the others in order', '+a -a +c', 'a c'],
  ['a rollback to one that is not below lays it down alone', '+b -a', 'a'],
])('%s', (_story, story, expected) => {
  const history = story
    .split(' ')
    .filter(Boolean)
    .map((step) => ({
      kind: step.startsWith('+') ? ('promote' as const) : ('rollback' as const),
      versionId: step.slice(1),
    }))

  expect(championsBefore(history).join(' ')).toBe(expected)
})

test('promotion, rollback and history follow each other, and each has a higher number', async () => {
  const { data } = await openWithFruit()
  const [v1, v2] = [await registerVersion(data), await registerVersion(data)]
  expect([await data.promotions.champion('fruit'), await data.promotions.latest()]).toEqual([null, 0])
  await expect(data.promotions.rollback('fruit', 'Ada')).rejects.toMatchObject({ code: 'conflict' })

  const first = await data.promotions.promote({ versionId: v1.id, ...by })
  const second = await data.promotions.promote({ versionId: v2.id, by: 'gate', reason: 'better' })
  expect(second).toMatchObject({
    version: { name: 'v2' },
    promotion: { previousId: v1.id, by: 'gate', reason: 'better' },
  })
  expect((await data.promotions.rollbackTarget('fruit'))?.name).toBe('v1')
  const back = await data.promotions.rollback('fruit', 'Ada')

  expect(back).toMatchObject({ version: { name: 'v1' }, promotion: { kind: 'rollback', previousId: v2.id } })
  expect([first, second, back].map((champion) => champion.promotion.id)).toEqual([1, 2, 3])
  expect(await data.promotions.latest()).toBe(3)
  expect((await data.promotions.champions()).map((champion) => champion.version.name)).toEqual(['v1'])
  expect(
    (await data.queries.listModels({ limit: 9 })).models.map((m) => [
      m.version,
      m.is_champion,
      m.was_champion,
    ]),
  ).toEqual([
    ['v2', false, true],
    ['v1', true, true],
  ])
})

test('promoting the live version again is a conflict, and an unknown version is not found', async () => {
  const { data } = await openWithFruit()
  const { id: versionId } = await registerVersion(data)
  await data.promotions.promote({ versionId, ...by })

  await expect(data.promotions.promote({ versionId, ...by })).rejects.toMatchObject({ code: 'conflict' })
  await expect(data.promotions.promote({ versionId: data.id(), ...by })).rejects.toMatchObject({
    code: 'not_found',
  })
})

test('classes are in the order of the live version’s outputs; unknown ones follow', async () => {
  const { data } = await openWithFruit()
  const version = await registerVersion(data, { classes: ['plum', 'fig', 'apple'] })

  await data.promotions.promote({ versionId: version.id, ...by })

  expect((await data.classifiers.get('fruit')).classes).toEqual(['plum', 'fig', 'apple', 'lime'])
})

test('a live version and its fallback stay; another goes to the trash and is restored', async () => {
  const { data } = await openWithFruit()
  const [v1, v2, v3] = [await registerVersion(data), await registerVersion(data), await registerVersion(data)]
  await data.promotions.promote({ versionId: v1.id, ...by })
  await data.promotions.promote({ versionId: v2.id, ...by })
  await data.predictions.record(predictionOf(data, { versionId: v3.id, version: 'v3' }))

  for (const { id } of [v1, v2])
    await expect(data.trash.putVersion(id, 'Ada')).rejects.toMatchObject({ code: 'conflict' })
  const { id: trashId } = await data.trash.putVersion(v3.id, 'Ada')

  await expect(data.versions.get(v3.id)).rejects.toMatchObject({
    code: 'not_found',
    what: 'The version "v3" is in the trash',
  })
  await expect(data.promotions.promote({ versionId: v3.id, ...by })).rejects.toMatchObject({
    code: 'not_found',
  })
  expect(await data.versions.find('fruit', 'v3')).toBeNull()
  expect((await data.versions.list('fruit')).map(({ name }) => name)).toEqual(['v2', 'v1'])
  expect(existsSync(v3.folder)).toBe(true)
  expect(await data.versions.nextNumber('fruit')).toBe(4)
  expect((await data.queries.listPredictions({ limit: 9 })).predictions[0]?.model_version).toBe('v3')
  await data.trash.restore(trashId, 'Ada')
  expect((await data.versions.get(v3.id)).name).toBe('v3')
})

test('rolling back passes over a version in the trash', async () => {
  const { data } = await openWithFruit()
  const [v1, v2, v3] = [await registerVersion(data), await registerVersion(data), await registerVersion(data)]
  for (const { id } of [v1, v2, v3]) await data.promotions.promote({ versionId: id, ...by })

  await data.trash.putVersion(v1.id, 'Ada')
  expect((await data.promotions.rollback('fruit', 'Ada')).version.name).toBe('v2')

  expect(await data.promotions.rollbackTarget('fruit')).toBeNull()
  await expect(data.promotions.rollback('fruit', 'Ada')).rejects.toMatchObject({ code: 'conflict' })
})

test('web processes acknowledge what they serve; silent ones are not waited for', async () => {
  const { data, clock } = await openForTest()
  await data.webProcesses.seen('died', 1, 0)
  clock.advance(10_000)
  await data.webProcesses.seen('a', 2, 4)
  await data.webProcesses.seen('b', 3, 5)

  expect(await data.webProcesses.living()).toBe(2)
  expect(await data.webProcesses.allAcknowledged(4, 0)).toBe(true)
  expect(await data.webProcesses.allAcknowledged(5, 0)).toBe(false)
  const waiting = data.webProcesses.allAcknowledged(5, 20_000)
  await data.webProcesses.seen('a', 2, 5)
  expect(await waiting).toBe(true)
})

test('a whole bundle is proved, whichever file is changed, missing or foreign it is refused by name', async () => {
  const { folder } = await openForTest()
  const seal = (name: string): string => sealBundle(path.join(folder, 'fruit', name), { version: name })
  expect((await verifyBundle(seal('v1'))).classes).toEqual(['apple', 'lime', 'plum'])

  const [longer, gone, changed, foreign] = [seal('v2'), seal('v3'), seal('v4'), seal('v5')]
  appendFileSync(path.join(longer, 'weights.bin'), 'x')
  rmSync(path.join(gone, 'model.json'))
  writeFileSync(path.join(changed, 'weights.bin'), 'noise fruit v5')
  writeFileSync(path.join(foreign, 'card.json'), '{}')

  await expect(verifyBundle(longer)).rejects.toMatchObject({
    code: 'bad_bundle',
    why: 'weights.bin has 15 bytes instead of 14',
  })
  await expect(verifyBundle(gone)).rejects.toMatchObject({
    code: 'bad_bundle',
    why: 'model.json cannot be read',
  })
  await expect(verifyBundle(changed)).rejects.toMatchObject({
    code: 'bad_bundle',
    what: 'The version v4 of "fruit" cannot be used',
    why: 'the checksum of weights.bin does not match',
  })
  await expect(verifyBundle(foreign)).rejects.toMatchObject({
    code: 'bad_bundle',
    why: expect.stringContaining('card.json is invalid at classifier'),
  })
})

test('shipped classifiers become rows once, with the named live version', async () => {
  const { data, settings } = await openForTest()
  shipClassifier(settings.modelsDir, { versions: ['v1', 'v2'], champion: 'v2' })

  expect(await data.syncShipped()).toEqual({ versions: 2, refused: [] })
  expect(await data.syncShipped()).toEqual({ versions: 2, refused: [] })

  expect(await data.queries.getClassifier({ id: 'fruit' })).toMatchObject({
    is_shipped: true,
    classes: ['apple', 'lime', 'plum'],
    champion: { version: 'v2', accuracy: { value: 0.9 } },
  })
  expect((await data.promotions.champion('fruit'))?.version.folder).toBe(
    path.join(settings.modelsDir, 'fruit', 'v2'),
  )
  expect(await data.promotions.history('fruit')).toHaveLength(1)
  expect(await data.queries.dataSummary({})).toMatchObject({
    has_original_pictures: false,
    original: { images: 300 },
  })
  await expect(editsOf(data).deleteClassifier({ id: 'fruit' })).rejects.toMatchObject({ code: 'conflict' })
})

test('a shipped version replaced by a newer Darkroom gets the new bundle’s values, and stays live', async () => {
  const { data, settings } = await openForTest()
  shipClassifier(settings.modelsDir)
  await data.syncShipped()
  const before = await data.promotions.champion('fruit')

  shipClassifier(settings.modelsDir, { accuracy: 0.97 })
  await data.syncShipped()

  expect(await data.queries.getClassifier({ id: 'fruit' })).toMatchObject({
    champion: { version: 'v1', accuracy: { value: 0.97 } },
  })
  expect((await data.promotions.champion('fruit'))?.version.id).toBe(before?.version.id)
})

test('a newer shipped version does not replace the one that a user promoted', async () => {
  const { data, settings } = await openForTest()
  shipClassifier(settings.modelsDir)
  await data.syncShipped()
  sealBundle(data.versions.folderFor('fruit', 2), { version: 'v2' })
  const own = await data.versions.register({ classifierId: 'fruit', number: 2, runId: null })
  await data.promotions.promote({ versionId: own.id, ...by })

  shipClassifier(settings.modelsDir, { versions: ['v1', 'v3'], champion: 'v3' })
  await data.syncShipped()

  expect((await data.promotions.champion('fruit'))?.version.id).toBe(own.id)
  expect((await data.versions.list('fruit')).map((version) => [version.name, version.isShipped])).toEqual([
    ['v3', true],
    ['v2', false],
    ['v1', true],
  ])
})

test('a corrupt shipped version is skipped and named; a user’s own classifier of that name stays', async () => {
  const { data, settings } = await openWithFruit()
  shipClassifier(settings.modelsDir)
  shipClassifier(settings.modelsDir, { id: 'shapes', versions: ['v1', 'v2'] })
  appendFileSync(path.join(settings.modelsDir, 'shapes', 'v2', 'weights.bin'), 'x')

  const { versions, refused } = await data.syncShipped()

  expect(versions).toBe(1)
  expect(refused.map(({ folder, reason }) => [path.relative(settings.modelsDir, folder), reason])).toEqual([
    ['fruit', 'A classifier "fruit" created on this machine exists; the shipped one is ignored.'],
    ['shapes/v2', expect.stringContaining('weights.bin has')],
  ])
  expect((await data.promotions.champions()).map((champion) => champion.version.classifierId)).toEqual([
    'shapes',
  ])
})
