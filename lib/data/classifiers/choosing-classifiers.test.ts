import { expect, test } from 'vitest'
import { editsOf, openForTest, openWithFruit, sampleOf } from '../opened.fakes.ts'
import { CLASSES, registerVersion, shipClassifier } from '../versions/sealed.fakes.ts'

test('a classifier created for images that never arrived is removed; one with any data stays', async () => {
  const { data } = await openWithFruit()
  await data.samples.add('fruit', [sampleOf('a')])
  await data.classifiers.create({
    id: 'empty',
    title: 'Empty',
    classes: ['x'],
    input: { size: 32, channels: 3, fit: 'cover' },
    isMirrorable: true,
  })
  const running = await data.uploads.begin('empty')

  await data.classifiers.removeIfEmpty('empty')
  expect(await data.classifiers.find('empty')).not.toBeNull()
  await data.uploads.change(running.id, { state: 'failed' })
  await data.classifiers.removeIfEmpty('empty')
  await data.classifiers.removeIfEmpty('fruit')

  expect((await data.classifiers.list()).map((one) => one.id)).toEqual(['fruit'])
})

test('classifiers are chosen by name, by the setting, else the first', async () => {
  const { data } = await openWithFruit({ defaultClassifier: 'leaves' })
  await expect(data.classifiers.chosen(undefined)).rejects.toMatchObject({ code: 'not_found' })
  await editsOf(data).createClassifier({
    id: 'leaves',
    classes: ['a', 'b'],
    size: 32,
    fit: 'digit',
    is_mirrorable: false,
  })

  expect((await data.classifiers.chosen(undefined)).input).toEqual({ size: 32, channels: 1, fit: 'digit' })
  expect((await data.classifiers.chosen('fruit')).title).toBe('Fruit')
  expect((await data.queries.listClassifiers({})).classifiers.map((c) => [c.id, c.is_default])).toEqual([
    ['fruit', false],
    ['leaves', true],
  ])
  await expect(
    editsOf(data).createClassifier({ id: 'fruit', classes: [], size: 32, fit: 'cover', is_mirrorable: true }),
  ).rejects.toMatchObject({ code: 'conflict' })
})

test('without a name, a user’s own live classifier goes before a shipped one and before newer ones', async () => {
  const { data, settings, clock } = await openForTest()
  for (const id of ['cats-dogs', 'mnist', 'shapes']) shipClassifier(settings.modelsDir, { id })
  await data.syncShipped()
  const listed = async () =>
    (await data.queries.listClassifiers({})).classifiers.map(({ id, is_default }) =>
      is_default ? id.toUpperCase() : id,
    )
  const create = (id: string) =>
    editsOf(data).createClassifier({ id, classes: CLASSES, size: 32, fit: 'cover', is_mirrorable: true })
  const train = async (classifier: string) =>
    data.promotions.promote({
      versionId: (await registerVersion(data, { classifier })).id,
      by: 'a test',
      reason: null,
    })

  expect(await listed()).toEqual(['SHAPES', 'cats-dogs', 'mnist'])
  clock.advance(1_000)
  await create('z-leaves')
  expect(await listed()).toEqual(['z-leaves', 'SHAPES', 'cats-dogs', 'mnist'])
  await train('z-leaves')
  expect(await listed()).toEqual(['Z-LEAVES', 'shapes', 'cats-dogs', 'mnist'])
  clock.advance(1_000)
  await create('apples')
  await train('apples')
  expect(await listed()).toEqual(['Z-LEAVES', 'apples', 'shapes', 'cats-dogs', 'mnist'])
})

test('a classifier in the trash is in no list, keeps its id, and is restored completely', async () => {
  const { data } = await openWithFruit()
  await data.samples.add('fruit', [sampleOf('a')])
  const { id: versionId } = await registerVersion(data)
  await data.promotions.promote({ versionId, by: 'a test', reason: null })

  const response = await editsOf(data).deleteClassifier({ id: 'fruit' })

  expect(response).toMatchObject({ deleted: true, trashed_until: '2026-12-21T12:00:00.000Z' })
  const found = {
    code: 'not_found',
    what: 'The classifier "fruit" is in the trash',
    why: 'it was deleted and can be restored until 2026-12-21',
  }
  await expect(data.queries.getClassifier({ id: 'fruit' })).rejects.toMatchObject(found)
  await expect(data.classifiers.chosen('fruit')).rejects.toMatchObject(found)
  await expect(data.queries.getModel({ id: versionId })).rejects.toMatchObject(found)
  expect([await data.classifiers.list(), await data.promotions.champions()]).toEqual([[], []])
  await expect(
    editsOf(data).createClassifier({ id: 'fruit', classes: [], size: 32, fit: 'cover', is_mirrorable: true }),
  ).rejects.toMatchObject({
    code: 'conflict',
    why: 'a classifier with this id is in the trash until 2026-12-21',
  })
  const [entry] = (await data.queries.listTrash({ limit: 9 })).entries
  expect(entry).toMatchObject({ kind: 'classifier', title: 'Fruit', until: response.trashed_until })

  await editsOf(data).restoreTrash({ id: entry!.id })
  expect((await data.queries.getClassifier({ id: 'fruit' })).samples.total).toBe(1)
  expect((await data.promotions.champions()).map(({ version }) => version.name)).toEqual(['v1'])
  expect((await data.queries.listTrash({ limit: 9 })).entries).toEqual([])
})
