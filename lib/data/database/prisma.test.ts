import { createRequire } from 'node:module'
import { expect, test } from 'vitest'
import { createRetention } from '#lib/operations/retention.ts'
import { lacksFirstImages } from '#lib/processes/start/fork-seed.ts'
import { queueMissingRobustness } from '#lib/training/job/queue-robustness.ts'
import { autoRetrainTurn } from '#lib/training/retrain/auto-retrain.ts'
import { openForTest, openWithFruit, sampleOf } from '../opened.fakes.ts'

const { cache, resolve } = createRequire(import.meta.url)
const CLIENT = resolve('../generated/client.ts')
const isLoaded = () => CLIENT in cache

test('what a process that predicts reads and writes does not load Prisma; what pages read does', async () => {
  const { data } = await openForTest()
  delete cache[CLIENT] // another test of this process may have loaded it
  const session = { id: 'session', began: new Date() }

  await data.live.all()
  await data.live.of('cats')
  await data.classifiers.list()
  await data.keys.findByHash('none')
  await data.keys.used('none')
  await data.people.findInSession('none', session)
  await data.people.count('admin')
  await data.people.keepSetupToken('a')
  await data.images.faults()
  await data.jobs.latest('backup')
  await data.uploads.sweepUnfinished(() => true)
  await data.counts.lasting({ since: new Date(0), upTo: 0 })
  await data.counts.exchange({ source: 'a', passing: { a: 1 }, lasting: {}, lastsMs: 1, after: 0 })
  await data.changes.add({ by: 'a user', action: 'POST /api/predict', subject: null })
  const before = isLoaded()
  await data.people.list()

  expect([before, isLoaded()]).toEqual([false, true])
})

test('what the worker looks for repeatedly does not load Prisma while there is nothing to do', async () => {
  const web = await openWithFruit()
  const sample = sampleOf('a')
  await web.data.samples.add('fruit', [sample])
  await web.data.groups.setAlone('fruit', [sample.image.hash])
  const { databaseFile, dataDir } = web.settings
  const { data, clock } = await openForTest({ databaseFile, dataDir })
  const retain = createRetention({
    data: data.retention,
    limits: { publicDays: 30, publicBytes: 1e9, days: null, gigabytes: null },
    now: clock.now,
    log: () => {},
  })
  delete cache[CLIENT]

  await data.uploads.sweepAbandoned()
  await data.trash.due()
  await data.images.recheckFaults()
  const pending = await data.groups.pendingClassifiers()
  await retain(new AbortController().signal)
  await autoRetrainTurn({
    data,
    settings: async () => ({ AUTO_RETRAIN: 'off', AUTO_RETRAIN_AFTER: 20 }),
    plan: () => Promise.reject(new Error('nothing is due')),
    hindrance: async () => null,
    now: () => new Date(clock.now()),
  })
  await queueMissingRobustness({ data, now: () => new Date(clock.now()) })
  await lacksFirstImages(data)
  const before = isLoaded()
  await data.samples.add('fruit', [sampleOf('b')])
  const found = await data.groups.pendingClassifiers()

  expect([pending, before]).toEqual([[], false])
  expect([found, isLoaded()]).toEqual([['fruit'], true])
})
