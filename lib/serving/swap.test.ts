import { expect, test } from 'vitest'
import type { VersionRef } from '#lib/contracts/ipc.ts'
import type { Champion, VersionWithCard } from '#lib/data/values.ts'
import { badBundle } from './refusals.ts'
import { createSwap } from './swap.ts'

/** Rows and a pool as the swap sees them: versions by id, corrupt ones refused, loads that end when told. */
function standing({ corrupt = [] as string[], most = 10 } = {}) {
  const log: string[] = []
  const loads: string[] = []
  const unloads: string[] = []
  const slow = new Map<string, PromiseWithResolvers<void>>()
  const champions = new Map<string, string>()
  const version = (id: string) => ({ id, classifierId: id.split('-')[0]!, name: id.split('-')[1]!, folder: `/models/${id}` }) as VersionWithCard
  const champion = (id: string): Champion => ({ promotion: { id: 1 }, version: version(id) }) as unknown as Champion
  const pool = {
    load: async ({ key }: VersionRef) => {
      loads.push(key)
      await slow.get(key)?.promise
      if (corrupt.includes(key)) throw badBundle(key, 'golden input 3 is answered otherwise')
    },
    unload: (key: string) => void unloads.push(key),
  }
  const data = {
    versions: { get: async (id: string) => version(id), find: async (classifierId: string, name: string) => version(`${classifierId}-${name}`) },
    promotions: { champion: async (classifierId: string) => (champions.has(classifierId) ? champion(champions.get(classifierId)!) : null) },
  }
  const swap = createSwap({ pool, data, most, log: (_level, line) => log.push(line) })
  const promote = (id: string) => {
    champions.set(version(id).classifierId, id)
    return swap.follow([...champions.values()].map(champion))
  }
  return { swap, promote, champions, log, loads, unloads, slow }
}

test('a champion is loaded when it is first asked, once for all who ask meanwhile', async () => {
  const { swap, champions, loads } = standing()
  champions.set('shapes', 'shapes-v1')

  const leases = await Promise.all([swap.lease('shapes'), swap.lease('shapes')])

  expect(leases.map((lease) => lease.version.name)).toEqual(['v1', 'v1'])
  expect(loads).toEqual(['shapes-v1'])
})

test('a promoted version answers from then on; what was begun keeps its own', async () => {
  const { swap, champions, promote } = standing()
  champions.set('shapes', 'shapes-v1')
  const begun = await swap.lease('shapes')

  await promote('shapes-v2')

  expect(begun.version.name).toBe('v1')
  expect((await swap.lease('shapes')).version.name).toBe('v2')
  expect(swap.serving('shapes')?.version.name).toBe('v2')
})

test('while the promoted version is still being loaded, the one before it answers', async () => {
  const { swap, champions, promote, slow } = standing()
  champions.set('shapes', 'shapes-v1')
  await swap.lease('shapes')
  slow.set('shapes-v2', Promise.withResolvers())

  const promoting = promote('shapes-v2')
  expect((await swap.lease('shapes')).version.name).toBe('v1')

  slow.get('shapes-v2')!.resolve()
  await promoting
  expect((await swap.lease('shapes')).version.name).toBe('v2')
})

test('a corrupt bundle is refused by its name, and the champion stays', async () => {
  const { swap, champions, promote, log } = standing({ corrupt: ['shapes-v2'] })
  champions.set('shapes', 'shapes-v1')
  await swap.lease('shapes')

  expect(await promote('shapes-v2')).toEqual({ refused: ['shapes v2'] })

  expect((await swap.lease('shapes')).version.name).toBe('v1')
  expect(log.join('\n')).toMatch(/shapes v2 is refused and v1 goes on answering:.*golden input 3/)
})

test('a champion that cannot be loaded at the start is told as not ready, with its reason', async () => {
  const { swap, champions } = standing({ corrupt: ['shapes-v1'] })
  champions.set('shapes', 'shapes-v1')

  await expect(swap.lease('shapes')).rejects.toMatchObject({ code: 'not_ready', message: expect.stringMatching(/shapes v1.*golden input 3/) })
})

test('another version answers on demand beside the champion', async () => {
  const { swap, champions } = standing()
  champions.set('shapes', 'shapes-v2')

  expect((await swap.lease('shapes', 'v1')).version.name).toBe('v1')
  expect((await swap.lease('shapes')).version.name).toBe('v2')
})

test('a classifier without a champion says that it must be trained', async () => {
  const { swap } = standing()

  await expect(swap.lease('leaves')).rejects.toMatchObject({ code: 'not_found', message: expect.stringContaining('it has not been trained yet') })
})

test('the longest unused version leaves when room is needed, never one that is in use', async () => {
  const { swap, champions, unloads } = standing({ most: 2 })
  champions.set('shapes', 'shapes-v9')
  const inUse = await swap.lease('shapes', 'v1')
  ;(await swap.lease('shapes', 'v2')).release()
  ;(await swap.lease('shapes', 'v3')).release()
  expect(unloads).toEqual(['shapes-v2'])

  ;(await swap.lease('shapes', 'v4')).release()
  inUse.release()
  ;(await swap.lease('shapes', 'v5')).release()

  expect(unloads).toEqual(['shapes-v2', 'shapes-v3', 'shapes-v1'])
})

test('a champion that had to leave comes back when it is asked again', async () => {
  const { swap, champions, loads } = standing({ most: 1 })
  champions.set('shapes', 'shapes-v1').set('digits', 'digits-v1')

  for (const classifier of ['shapes', 'digits', 'shapes']) (await swap.lease(classifier)).release()

  expect(loads).toEqual(['shapes-v1', 'digits-v1', 'shapes-v1'])
})
