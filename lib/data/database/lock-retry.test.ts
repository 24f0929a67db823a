import { statSync } from 'node:fs'
import { expect, onTestFinished, test } from 'vitest'
import { databaseBusy, isBusy, watchLock } from './lock-retry.ts'
import { connect } from './connection.ts'
import { lockElsewhere, watchStandstill } from './locked.fakes.ts'
import {
  editsOf,
  copyOfTemplate,
  folderForTest,
  openForTest,
  openWithFruit,
  storedImage,
  predictionOf,
} from '../opened.fakes.ts'
import { problemOf } from '#lib/http/problem.ts'
import { openData } from '#lib/queries/open-data.ts'
import { takeTurns } from './write-queue.ts'

const SHORT_MS = 300
/**
 * How long a thread may be delayed on a busy machine. A thread that blocks on the lock is delayed as long
 * as the lock is held.
 */
const STANDSTILL_MS = 1_500
const settled = async (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'done',
    (error: { code?: string }) => error.code ?? String(error),
  )

test.each(['BEGIN IMMEDIATE', 'BEGIN EXCLUSIVE'] as const)(
  'while another program holds %s, reads continue, writes wait without blocking, then complete',
  async (begin) => {
    const { data, settings } = await openWithFruit()
    await data.people.count() // Prisma compiles at its first query
    const release = await lockElsewhere(settings.databaseFile, begin)
    const standstill = watchStandstill()
    const [first, second] = [predictionOf(data, { image: storedImage('first') }), predictionOf(data)]

    const writes = [
      data.predictions.record(first),
      data.predictions.record(second),
      data.classifiers.addClasses('fruit', ['pear']),
      data.uploads.begin('fruit'),
      data.people.count(),
    ]
    const read = await data.queries.listPredictions({ limit: 9 })
    const readByPrisma = await data.people.count()
    await new Promise((resolve) => setTimeout(resolve, SHORT_MS))
    const meanwhile = data.writingState()
    await release()

    expect(await Promise.all(writes.map(settled))).toEqual(['done', 'done', 'done', 'done', 'done'])
    expect([read.total, readByPrisma]).toEqual([0, 0])
    expect(meanwhile.lockedForMs).toBeGreaterThan(SHORT_MS / 2)
    expect(data.writingState()).toEqual({ lockedForMs: null, diskFullMsAgo: null, waiting: 0 })
    expect((await data.queries.listPredictions({ limit: 9 })).total).toBe(2)
    expect(standstill()).toBeLessThan(STANDSTILL_MS)
  },
)

test('every kind of write that waits too long fails as database_busy and leaves nothing', async () => {
  const { data, settings } = await openWithFruit({ patienceMs: SHORT_MS })
  const person = { name: 'Ada', email: 'ada@example.org', role: 'admin' as const, passwordHash: 'x' }
  const release = await lockElsewhere(settings.databaseFile)
  const startedAt = performance.now()

  const outcomes = await Promise.all(
    [
      data.predictions.record(predictionOf(data, { image: storedImage('large', 100_000) })),
      data.predictions.record(predictionOf(data)),
      data.people.create(person),
      data.uploads.begin('fruit'),
      editsOf(data).changeClassifier({ id: 'fruit', title: 'Other' }),
      data.jobs.enqueue('evaluate', { versionId: 'v' }, 0),
      data.changes.add({ by: 'Ada', action: 'test', subject: null }),
    ].map(settled),
  )

  expect(outcomes).toEqual(Array(outcomes.length).fill('database_busy'))
  expect(performance.now() - startedAt).toBeGreaterThan(SHORT_MS - 50)
  await release()
  expect([
    (await data.queries.listPredictions({ limit: 9 })).total,
    await data.people.count(),
    await data.images.find(storedImage('large', 100_000).hash),
  ]).toEqual([0, 0, null])
  expect(await settled(data.people.create(person))).toBe('done')
})

test('a request gets 503 and a time to try again, whatever wrote for it', async () => {
  const { data, settings } = await openWithFruit({ patienceMs: SHORT_MS })
  const release = await lockElsewhere(settings.databaseFile)
  const person = { name: 'Ada', email: 'ada@example.org', role: 'admin' as const, passwordHash: 'x' }

  const problems = await Promise.all(
    [
      data.predictions.record(predictionOf(data)),
      data.uploads.begin('fruit'),
      data.people.create(person),
      editsOf(data).changeClassifier({ id: 'fruit', title: 'Other' }),
    ].map((writing) =>
      writing.then(
        () => null,
        (error: unknown) => problemOf(error, { instance: '/', requestId: '', log: () => {} }),
      ),
    ),
  )
  await release()

  expect(problems.map((problem) => [problem?.status, problem?.headers['retry-after']])).toEqual(
    problems.map(() => [503, '5']),
  )
})

test('predictions that arrive while the database is locked each wait for their own time', async () => {
  const { data, settings } = await openWithFruit({ patienceMs: 600 })
  const release = await lockElsewhere(settings.databaseFile)

  const early = settled(data.predictions.record(predictionOf(data)))
  await new Promise((resolve) => setTimeout(resolve, 400))
  const late = settled(data.predictions.record(predictionOf(data)))
  const outcomeOfEarly = await early
  await release()

  expect([outcomeOfEarly, await late]).toEqual(['database_busy', 'done'])
  expect(data.predictions.figures()).toEqual({ waiting: 0, waitingBytes: 0, written: 1, refused: 1 })
})

test('images that wait to be written are bounded in bytes: what is too much is refused at once', async () => {
  const { data, settings } = await openWithFruit({ patienceMs: 1_000 })
  await lockElsewhere(settings.databaseFile)
  const image = storedImage('large', 20 * 1024 ** 2)

  const waiting = [1, 2, 3].map(() => settled(data.predictions.record(predictionOf(data, { image }))))
  await expect.poll(() => data.writingState().lockedForMs).not.toBeNull()
  const startedAt = performance.now()
  const refused = await settled(data.predictions.record(predictionOf(data, { image })))

  expect(refused).toBe('database_busy')
  expect(performance.now() - startedAt).toBeLessThan(500)
  expect(await Promise.all(waiting)).toEqual(['database_busy', 'database_busy', 'database_busy'])
})

test('a product that starts while the database is locked opens it: nothing has to be written for that', async () => {
  const { settings } = await openForTest()
  await lockElsewhere(settings.databaseFile)

  const data = await openData(settings)
  onTestFinished(() => data.close())

  expect(await data.people.count()).toBe(0)
})

test('migrations wait for the lock and are applied when it ends', async () => {
  const folder = folderForTest()
  const databaseFile = `${folder}/fresh.db`
  connect(databaseFile).close()
  const release = await lockElsewhere(databaseFile)
  const standstill = watchStandstill()

  const opening = openData({ databaseFile, dataDir: folder, modelsDir: folder, clock: { now: () => 0 } })
  await new Promise((resolve) => setTimeout(resolve, SHORT_MS))
  await release()

  const data = await opening
  expect(await data.people.count()).toBe(0)
  expect(standstill()).toBeLessThan(STANDSTILL_MS)
  await data.close()
})

test('a connection that closes gives up what waits for a lock', async () => {
  const file = copyOfTemplate(folderForTest())
  const connection = connect(file, { patienceMs: 60_000 })
  const release = await lockElsewhere(file)

  const waiting = settled(connection.write((writing) => writing.run('DELETE FROM "Person"')))
  await new Promise((resolve) => setTimeout(resolve, 50))
  connection.close()

  expect(await waiting).toBe('database_busy')
  await release()
})

test('the write-ahead log is emptied when it is unused, and otherwise the reader is reported', async () => {
  const file = copyOfTemplate(folderForTest())
  const connection = connect(file, { patienceMs: SHORT_MS })
  await connection.write((writing) =>
    writing.insert('KeptSetting', { name: 'a', valueJson: '1', changedAt: 0 }),
  )
  const sizeBytes = statSync(`${file}-wal`).size

  expect([sizeBytes > 0, await connection.purgeLog(), statSync(`${file}-wal`).size]).toEqual([true, true, 0])

  await lockElsewhere(file)
  expect(await connection.purgeLog()).toBe(false)
  connection.close()
})

test('a checkpoint copies what is committed into the file, and neither waits for another lock nor fails', async () => {
  const file = copyOfTemplate(folderForTest())
  const connection = connect(file, { patienceMs: SHORT_MS })
  const value = JSON.stringify('x'.repeat(100_000))
  await connection.write((writing) =>
    writing.insert('KeptSetting', { name: 'a', valueJson: value, changedAt: 0 }),
  )
  const before = statSync(file).size
  await lockElsewhere(file)

  connection.checkpoint()

  expect(statSync(file).size - before).toBeGreaterThan(90_000)
  connection.close()
})

test('commits leave copying the log to the checkpoint, after which it starts again', async () => {
  const file = copyOfTemplate(folderForTest())
  const connection = connect(file)
  const value = JSON.stringify('x'.repeat(1_000_000))
  const write = (names: readonly string[]) =>
    connection.write((writing) => {
      for (const name of names) writing.insert('KeptSetting', { name, valueJson: value, changedAt: 0 })
    })
  const before = statSync(file).size

  for (let i = 0; i < 4; i++) await write(Array.from({ length: 10 }, (_, n) => `${i} ${n}`))
  expect(statSync(file).size).toBe(before)
  connection.checkpoint()
  expect(statSync(file).size - before).toBeGreaterThan(40_000_000)

  const log = statSync(`${file}-wal`).size
  await write(['last'])
  expect(statSync(`${file}-wal`).size).toBe(log)
  connection.close()
})

test.each([
  [5, true],
  [261, true],
  [517, true],
  [6, true],
  [262, true],
  [15, true],
  [13, false],
  [1, false],
  [778, false],
])('SQLite’s code %d passes by itself: %s', (errcode, is) => {
  expect(isBusy(Object.assign(new Error('x'), { errcode }))).toBe(is)
})

test('an attempt that fails otherwise is not repeated', async () => {
  let attempts = 0

  await expect(async () =>
    watchLock().whenFree(() => {
      attempts += 1
      throw new Error('broken')
    }, Infinity),
  ).rejects.toThrow('broken')

  expect(attempts).toBe(1)
})

test('turns are in order of arrival; a caller that waits too long leaves, and too many are refused', async () => {
  const turns = takeTurns(3)
  const order: string[] = []
  const first = await turns.turn(Infinity)
  const soon = performance.now() + 30
  const waiting = (name: string, deadline: number) =>
    Promise.resolve(turns.turn(deadline)).then(
      (end) => {
        order.push(name)
        end()
      },
      (error: { code: string }) => {
        order.push(`${name}: ${error.code}`)
      },
    )

  const all = [waiting('a', Infinity), waiting('b', soon), waiting('c', Infinity), waiting('d', Infinity)]
  await all[1]
  first()
  await Promise.all(all)

  expect(order).toEqual(['d: database_busy', 'b: database_busy', 'a', 'c'])
  expect([turns.isTaken(), turns.waiting()]).toEqual([false, 0])
})

test('the error says how long the write waited and what to check', () => {
  expect(databaseBusy(5_200).message).toBe(
    'Nothing was stored: another program has locked the database for more than 5 s. Try again in a few ' +
      'seconds. If this continues, close the program that has the database file open, such as a backup ' +
      'tool or an SQLite shell.',
  )
})
