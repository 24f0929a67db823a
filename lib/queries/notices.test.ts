import { expect, test } from 'vitest'
import type { Caller } from '#lib/contracts/contract.ts'
import type { Data } from '#lib/data/data.ts'
import { editsOf, NOON, openWithFruit, predictionOf, storedImage } from '#lib/data/opened.fakes.ts'

const DAY_MS = 86_400_000
const callerOf = (id: string): Caller => ({ kind: 'person', id, name: 'Ada', scopes: ['view'] })

const startRun = (data: Data) =>
  data.runs.plan({
    classifierId: 'fruit',
    recipe: 'scratch-small',
    epochs: 3,
    seed: 7,
    baseVersionId: null,
    message: 'Waiting',
    unseen: 2,
    plan: { any: ['thing'] },
    entries: [{ hash: 'ab'.repeat(32), label: 'lime', split: 'train' }],
  })

const addPerson = (data: Data, name: string) =>
  data.people.create({ name, email: `${name}@example.org`, role: 'editor', passwordHash: 'x' })

test('a run is shown while it is in progress and listed when it has ended', async () => {
  const { data } = await openWithFruit()
  const { id } = await addPerson(data, 'Ada')
  const list = () => data.queries.listNotices({}, { caller: callerOf(id) })
  const run = await startRun(data)
  await data.runs.change(run.id, { state: 'running' })

  expect(await list()).toEqual({
    notices: [],
    unread: 0,
    running: { run_id: run.id, classifier: 'fruit', title: 'Fruit', progress: 0 },
  })

  await data.runs.change(run.id, { state: 'failed', error: 'The disk is full.' })
  expect(await list()).toMatchObject({
    notices: [
      {
        id: run.id,
        kind: 'run_failed',
        text: 'Fruit: training failed. The disk is full.',
        path: `/classifiers/fruit/train/${run.id}`,
        is_read: false,
      },
    ],
    unread: 1,
    running: null,
  })
})

test('what one user has read is unread for another, and newer notices are unread again', async () => {
  const { data, clock } = await openWithFruit()
  const [ada, ben] = await Promise.all(['Ada', 'Ben'].map((name) => addPerson(data, name)))
  const unread = async (id: string) => (await data.queries.listNotices({}, { caller: callerOf(id) })).unread
  const run = await startRun(data)
  await data.runs.change(run.id, { state: 'done' })

  await data.notices.markRead(ada!.id, new Date(NOON))
  expect([await unread(ada!.id), await unread(ben!.id)]).toEqual([0, 1])
  await data.notices.markRead(ada!.id, new Date(NOON - DAY_MS))
  expect(await unread(ada!.id)).toBe(0)

  clock.advance(60_000)
  await data.runs.change((await startRun(data)).id, { state: 'done' })
  expect(await unread(ada!.id)).toBe(1)
})

test('corrections are listed until they are used, and nothing stays longer than 14 days', async () => {
  const { data, clock } = await openWithFruit()
  const { id } = await addPerson(data, 'Ada')
  const texts = async () =>
    (await data.queries.listNotices({}, { caller: callerOf(id) })).notices.map(({ text }) => text)
  const prediction = predictionOf(data, { image: storedImage('predicted') })
  await data.predictions.record(prediction)
  await editsOf(data).giveFeedback({ id: prediction.id, correct: false, label: 'lime' })

  expect(await texts()).toEqual(['Fruit: 1 correction not yet used for training.'])

  clock.advance(15 * DAY_MS)
  expect(await texts()).toEqual([])
})
