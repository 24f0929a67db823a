import { expect, test } from 'vitest'
import type { VersionRef } from '#lib/contracts/ipc.ts'
import type { Champion, LiveVersion, VersionWithCard } from '#lib/data/versions/version-values.ts'
import { badBundle } from './refusals.ts'
import { createSwap } from './model-registry.ts'

/**
 * The rows and the pool that the registry uses: promoted versions by classifier (the newest last), corrupt
 * ones that are refused, and loads that end when the test says so.
 */
function registry({ corrupt = [] as string[], most = 10 } = {}) {
  const log: string[] = []
  const loads: string[] = []
  const unloads: string[] = []
  const verified: string[] = []
  const slow = new Map<string, PromiseWithResolvers<void>>()
  const liveVersions = new Map<string, string>()
  const before = new Map<string, string[]>()
  const faults = new Map<string, string>()
  const names = ['appel', 'lime']
  const version = (id: string) =>
    ({
      id,
      classifierId: id.split('-')[0]!,
      name: id.split('-')[1]!,
      folder: `/models/${id}`,
      classes: [...names],
    }) as unknown as VersionWithCard
  const refuse = (key: string) => {
    if (corrupt.includes(key)) throw badBundle(key, 'the output for the golden input 3 differs')
  }
  const pool = {
    load: async ({ key }: VersionRef) => {
      loads.push(key)
      await slow.get(key)?.promise
      refuse(key)
    },
    unload: (key: string) => void unloads.push(key),
    verify: async ({ key }: VersionRef) => {
      verified.push(key)
      refuse(key)
    },
  }
  const live = (classifierId: string): LiveVersion | null => {
    const promoted = liveVersions.get(classifierId)
    if (promoted === undefined) return null
    const first = [promoted, ...(before.get(classifierId) ?? [])].find((id) => !faults.has(id))
    return {
      promoted: { version: version(promoted) } as unknown as Champion,
      version: first === undefined ? null : version(first),
      reason: faults.get(promoted) ?? null,
    }
  }
  const data = {
    versions: {
      check: async (id: string) => version(id),
      verify: async (id: string) => version(id),
      find: async (classifierId: string, name: string) => version(`${classifierId}-${name}`),
    },
    live: {
      of: async (classifierId: string) => live(classifierId),
      reportFault: async (id: string, reason: string) => void faults.set(id, reason),
    },
  }
  const swap = createSwap({ pool, data, most, log: (_level, line) => log.push(line) })
  const follow = () => swap.follow([...liveVersions.keys()].map((id) => live(id)!))
  const promote = (id: string) => {
    const { classifierId } = version(id)
    const replaced = liveVersions.get(classifierId)
    if (replaced !== undefined) before.set(classifierId, [replaced, ...(before.get(classifierId) ?? [])])
    liveVersions.set(classifierId, id)
    return follow()
  }
  return { swap, promote, follow, liveVersions, before, faults, log, loads, unloads, verified, slow, names }
}

test('a live version is loaded on its first request, once for all concurrent requests', async () => {
  const { swap, liveVersions, loads } = registry()
  liveVersions.set('shapes', 'shapes-v1')

  const leases = await Promise.all([swap.lease('shapes'), swap.lease('shapes')])

  expect(leases.map((lease) => lease.version.name)).toEqual(['v1', 'v1'])
  expect(loads).toEqual(['shapes-v1'])
})

test('a promoted version serves from then on; requests in progress keep their version', async () => {
  const { swap, liveVersions, promote } = registry()
  liveVersions.set('shapes', 'shapes-v1')
  const started = await swap.lease('shapes')

  await promote('shapes-v2')

  expect(started.version.name).toBe('v1')
  expect((await swap.lease('shapes')).version.name).toBe('v2')
  expect(swap.serving('shapes')?.version.name).toBe('v2')
})

test('a class that was renamed has its new name in the loaded version, without loading it again', async () => {
  const { swap, liveVersions, follow, names, loads } = registry()
  liveVersions.set('fruit', 'fruit-v1')
  await swap.lease('fruit')
  await swap.lease('fruit', 'v2')

  names[0] = 'apple'
  await follow()

  expect((await swap.lease('fruit')).version.classes).toEqual(['apple', 'lime'])
  expect((await swap.lease('fruit', 'v2')).version.classes).toEqual(['apple', 'lime'])
  expect(swap.serving('fruit')?.version.classes).toEqual(['apple', 'lime'])
  expect(loads).toEqual(['fruit-v1', 'fruit-v2'])
})

test('while the promoted version is loading, the previous one serves', async () => {
  const { swap, liveVersions, promote, slow } = registry()
  liveVersions.set('shapes', 'shapes-v1')
  await swap.lease('shapes')
  slow.set('shapes-v2', Promise.withResolvers())

  const promoting = promote('shapes-v2')
  expect((await swap.lease('shapes')).version.name).toBe('v1')

  slow.get('shapes-v2')!.resolve()
  await promoting
  expect((await swap.lease('shapes')).version.name).toBe('v2')
})

test('a promoted version that cannot be loaded is reported, and the previous one stays live', async () => {
  const { swap, liveVersions, promote, faults, log } = registry({ corrupt: ['shapes-v2'] })
  liveVersions.set('shapes', 'shapes-v1')
  await swap.lease('shapes')

  await promote('shapes-v2')

  expect((await swap.lease('shapes')).version.name).toBe('v1')
  expect([...faults]).toEqual([['shapes-v2', 'the output for the golden input 3 differs']])
  expect(log.join('\n')).toMatch(/shapes v2 cannot serve predictions: the output for the golden input 3/)
})

test('at the start, the previous version replaces one that cannot be loaded, and so on', async () => {
  const { swap, liveVersions, before, faults } = registry({ corrupt: ['shapes-v3', 'shapes-v2'] })
  liveVersions.set('shapes', 'shapes-v3')
  before.set('shapes', ['shapes-v2', 'shapes-v1'])

  const leases = await Promise.all([swap.lease('shapes'), swap.lease('shapes')])

  expect(leases.map((lease) => lease.version.name)).toEqual(['v1', 'v1'])
  expect([...faults.keys()]).toEqual(['shapes-v3', 'shapes-v2'])
})

test('a fault reported by another process is applied, and so is its removal', async () => {
  const { swap, liveVersions, promote, follow, faults } = registry()
  liveVersions.set('shapes', 'shapes-v1')
  await swap.lease('shapes')
  await promote('shapes-v2')

  faults.set('shapes-v2', 'weights.bin is damaged')
  expect(await follow()).toEqual([])
  expect(swap.serving('shapes')?.version.name).toBe('v1')

  faults.delete('shapes-v2')
  await follow()
  expect(swap.serving('shapes')?.version.name).toBe('v2')
})

test('with faults in every version the one in memory serves; without one, the reason is given', async () => {
  const { swap, liveVersions, follow, faults } = registry()
  liveVersions.set('shapes', 'shapes-v1').set('digits', 'digits-v1')
  await swap.lease('shapes')
  faults
    .set('shapes-v1', 'weights.bin is damaged')
    .set('digits-v1', 'the output for the golden input 3 differs')

  await follow()

  expect((await swap.lease('shapes')).version.name).toBe('v1')
  await expect(swap.lease('digits')).rejects.toMatchObject({
    code: 'not_ready',
    message: expect.stringMatching(/digits v1.*golden input 3/),
  })
})

test('a verification checks a version that is already loaded, and names the defect', async () => {
  const { swap, liveVersions, verified } = registry({ corrupt: ['shapes-v2'] })
  liveVersions.set('shapes', 'shapes-v1')
  await swap.lease('shapes')

  await swap.verify('shapes-v1')
  await expect(swap.verify('shapes-v2')).rejects.toMatchObject({
    code: 'bad_bundle',
    message: expect.stringMatching(/shapes v2 cannot be loaded: the output for the golden input 3/),
  })

  expect(verified).toEqual(['shapes-v1', 'shapes-v2'])
})

test('another version serves on demand next to the live version', async () => {
  const { swap, liveVersions } = registry()
  liveVersions.set('shapes', 'shapes-v2')

  expect((await swap.lease('shapes', 'v1')).version.name).toBe('v1')
  expect((await swap.lease('shapes')).version.name).toBe('v2')
})

test('a classifier without a live version reports that it must be trained', async () => {
  const { swap } = registry()

  await expect(swap.lease('leaves')).rejects.toMatchObject({
    code: 'not_found',
    message: expect.stringContaining('it has not been trained yet'),
  })
})

test('the least recently used version is unloaded when space is needed, but never one in use', async () => {
  const { swap, liveVersions, unloads } = registry({ most: 2 })
  liveVersions.set('shapes', 'shapes-v9')
  const inUse = await swap.lease('shapes', 'v1')
  ;(await swap.lease('shapes', 'v2')).release()
  ;(await swap.lease('shapes', 'v3')).release()
  expect(unloads).toEqual(['shapes-v2'])

  ;(await swap.lease('shapes', 'v4')).release()
  inUse.release()
  ;(await swap.lease('shapes', 'v5')).release()

  expect(unloads).toEqual(['shapes-v2', 'shapes-v3', 'shapes-v1'])
})

test('an unloaded live version is loaded again on its next request', async () => {
  const { swap, liveVersions, loads } = registry({ most: 1 })
  liveVersions.set('shapes', 'shapes-v1').set('digits', 'digits-v1')

  for (const classifier of ['shapes', 'digits', 'shapes']) (await swap.lease(classifier)).release()

  expect(loads).toEqual(['shapes-v1', 'digits-v1', 'shapes-v1'])
})
