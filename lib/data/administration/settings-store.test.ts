import { expect, test } from 'vitest'
import { editsOf, openForTest, openWithFruit } from '../opened.fakes.ts'

const ada = { name: 'Ada', email: 'ada@example.org', role: 'admin' as const, passwordHash: 'x' }
const bo = { name: 'Bo', email: 'bo@example.org', role: 'editor' as const, passwordHash: 'y' }

test('a key is found by its hash until it is revoked, and outlives its creator', async () => {
  const { data, clock } = await openForTest()
  await data.people.create(ada)
  const person = await data.people.create({ ...bo, role: 'admin' })
  const key = await data.keys.create({
    name: 'camera',
    sha256: 'ab',
    beginsWith: 'dk_1',
    scopes: ['upload'],
    createdById: person.id,
    expiresAt: null,
    classifierId: null,
  })

  expect(await data.keys.findByHash('ab')).toEqual(key)
  expect(key).toMatchObject({ createdBy: 'Bo', lastUsedAt: null })
  clock.advance(5_000)
  await data.keys.used(key.id)
  await data.people.remove(person.id)

  expect(await data.keys.list()).toMatchObject([
    { name: 'camera', createdBy: null, lastUsedAt: new Date(clock.now()) },
  ])
  await data.keys.revoke(key.id)
  expect(await data.keys.findByHash('ab')).toBeNull()
  await expect(data.keys.revoke(key.id)).rejects.toMatchObject({ code: 'not_found' })
})

test.each<[string, (data: Awaited<ReturnType<typeof openForTest>>['data'], id: string) => Promise<unknown>]>([
  ['made a user', (data, id) => data.people.change(id, { role: 'editor' })],
  ['shut out', (data, id) => data.people.change(id, { isDisabled: true })],
  ['removed', (data, id) => data.people.remove(id)],
])('the last admin who may log in cannot be %s', async (_story, attempt) => {
  const { data } = await openForTest()
  const last = await data.people.create(ada)
  const other = await data.people.create({ ...bo, role: 'admin' })
  await data.people.change(other.id, { isDisabled: true })

  await expect(attempt(data, last.id)).rejects.toMatchObject({ code: 'conflict' })
  await data.people.change(other.id, { isDisabled: false })
  await attempt(data, last.id)

  expect(
    (await data.people.list())
      .filter((person) => person.role === 'admin' && !person.isDisabled)
      .map((person) => person.name),
  ).toEqual(['Bo'])
})

test('a session ends with itself, with a changed password, and with a deactivation', async () => {
  const { data, clock } = await openForTest()
  await data.people.create(ada)
  const person = await data.people.create(bo)
  const sessionOf = (id: string) => ({ id, began: new Date(clock.now()) })
  const one = sessionOf('one')
  const two = sessionOf('two')

  expect(await data.people.findInSession(person.id, one)).toMatchObject({ name: 'Bo' })
  await data.people.endSession('one', new Date(clock.now() + 1_000))
  expect(await data.people.findInSession(person.id, one)).toBeNull()
  expect(await data.people.findInSession(person.id, two)).not.toBeNull()

  clock.advance(1)
  await data.people.change(person.id, { passwordHash: 'z' })
  expect(await data.people.findInSession(person.id, two)).toBeNull()
  const three = sessionOf('three')
  expect(await data.people.findInSession(person.id, three)).not.toBeNull()
  await data.people.change(person.id, { isDisabled: true })
  expect(await data.people.findInSession(person.id, three)).toBeNull()
})

test('the default classifier is the stored one while it exists, unless the environment names another', async () => {
  const { data } = await openWithFruit()
  await data.classifiers.create({
    id: 'later',
    title: 'Later',
    classes: [],
    input: { size: 32, channels: 3, fit: 'cover' },
    isMirrorable: true,
  })
  expect((await data.classifiers.chosen(undefined)).id).toBe('fruit')

  await data.storedSettings.keep({ DEFAULT_CLASSIFIER: 'later' })
  expect((await data.classifiers.chosen(undefined)).id).toBe('later')
  await editsOf(data).deleteClassifier({ id: 'later' })
  expect((await data.classifiers.chosen(undefined)).id).toBe('fruit')

  await data.storedSettings.keep({ DEFAULT_CLASSIFIER: null })
  expect(await data.storedSettings.get('DEFAULT_CLASSIFIER')).toBeNull()
})

test('changes are listed newest first, page by page', async () => {
  const { data } = await openForTest()
  for (const subject of ['a', 'b', 'c'])
    await data.changes.add({ by: 'Ada', action: 'POST /api/keys', subject })

  const first = await data.changes.list({ limit: 2 })
  const second = await data.changes.list({ limit: 2, cursor: first.next ?? '' })

  expect([...first.changes, ...second.changes].map((change) => change.subject)).toEqual(['c', 'b', 'a'])
  expect(second.next).toBeNull()
})

test('each process reads once what the others counted, and not what it counted itself', async () => {
  const { data, clock } = await openForTest()
  const began = await data.counts.latest()

  const one = await data.counts.exchange({
    source: 'one',
    passing: { a: 3 },
    lasting: {},
    lastsMs: 60_000,
    after: began,
  })
  const two = await data.counts.exchange({
    source: 'two',
    passing: { a: 1, b: 2 },
    lasting: {},
    lastsMs: 60_000,
    after: began,
  })

  expect([one.ofOthers, two.ofOthers]).toEqual([[], [{ a: 3 }]])
  expect(
    (
      await data.counts.exchange({
        source: 'one',
        passing: {},
        lasting: {},
        lastsMs: 60_000,
        after: one.latest,
      })
    ).ofOthers,
  ).toEqual([{ a: 1, b: 2 }])
  clock.advance(200_000)
  await data.counts.exchange({
    source: 'two',
    passing: { c: 1 },
    lasting: {},
    lastsMs: 60_000,
    after: two.latest,
  })
  expect(
    (await data.counts.exchange({ source: 'three', passing: {}, lasting: {}, lastsMs: 60_000, after: 0 }))
      .ofOthers,
  ).toEqual([{ c: 1 }])
  expect(await data.counts.latest()).toBe(3)
})
