import { createRequire } from 'node:module'
import { expect, test } from 'vitest'
import { openForTest } from '../opened.fakes.ts'

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
