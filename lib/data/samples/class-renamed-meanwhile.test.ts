import { expect, onTestFinished, test } from 'vitest'
import type { Prisma } from '../generated/client.ts'
import { openStore } from '../open.ts'
import { openWithFruit, sampleOf } from '../opened.fakes.ts'
import { samplesOf } from './samples.ts'

const MORE_THAN_ONE_READ = 2_001

test('images that are read while their class is renamed all have its new name', async () => {
  const { data, settings } = await openWithFruit()
  const { store, close } = await openStore(settings)
  onTestFinished(close)
  const names = Array.from({ length: MORE_THAN_ONE_READ }, (_, i) => String(i).padStart(5, '0'))
  await data.samples.add(
    'fruit',
    names.map((name) => sampleOf(name)),
  )
  let reads = 0
  const prisma = new Proxy(store.prisma, {
    get(client, model) {
      if (model !== 'sample') return Reflect.get(client, model)
      return {
        async findMany(query: Prisma.SampleFindManyArgs) {
          const rows = await client.sample.findMany(query)
          reads += 1
          if (reads === 1) await data.classes.rename('fruit', { from: 'apple', to: 'pear', by: 'Ada' })
          return rows
        },
      }
    },
  })

  const samples = await samplesOf({ ...store, prisma }).all('fruit')

  expect(samples).toHaveLength(MORE_THAN_ONE_READ)
  expect(new Set(samples.map(({ label }) => label))).toEqual(new Set(['pear']))
})
