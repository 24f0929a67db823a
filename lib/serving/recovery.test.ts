import { expect, test } from 'vitest'
import type { LiveVersion, VersionFault, VersionWithCard } from '#lib/data/versions/version-values.ts'
import { createRecovery } from './recovery.ts'
import { badBundle } from './refusals.ts'
import { fakeClock } from './serving.fakes.ts'
import type { ServingVersion } from './model-registry.ts'

const A_WHILE_MS = 2_000
const version = {
  id: 'shapes-v2',
  classifierId: 'shapes',
  name: 'v2',
  folder: '/models/shapes/v2',
} as VersionWithCard

/** One live version whose files can be damaged and restored; its fault is a row. */
function served({ isFaulty = false } = {}) {
  const clock = fakeClock()
  const files = { state: 'as sealed', isDamaged: isFaulty, breaksEngine: false }
  const faults = new Map<string, string>(isFaulty ? [[version.id, 'weights.bin is damaged']] : [])
  let verifications = 0
  const refuse = () => {
    if (files.isDamaged) throw badBundle('shapes v2', 'weights.bin is damaged')
  }
  const recovery = createRecovery({
    clock,
    log: () => {},
    swap: {
      serving: () =>
        faults.size === 0
          ? ({ version, ref: { key: version.id, folder: version.folder } } as ServingVersion)
          : null,
      verify: async () => {
        verifications += 1
        refuse()
        if (files.breaksEngine) throw badBundle('shapes v2', 'the output for the golden input 3 differs')
        return version
      },
    },
    data: {
      versions: {
        get: async () => version,
        verify: async () => {
          refuse()
          return version
        },
        fingerprint: async () => files.state,
      },
      live: {
        all: async () => [
          {
            promoted: { version },
            version: faults.size === 0 ? version : null,
            reason: null,
          } as unknown as LiveVersion,
        ],
        faults: async () => [...faults].map(([versionId, reason]) => ({ versionId, reason }) as VersionFault),
        reportFault: async (id, reason) => void faults.set(id, reason),
        clearFault: async (id) => void faults.delete(id),
      },
    },
  })
  const look = async (ms = A_WHILE_MS) => {
    clock.advance(ms)
    await recovery.look()
    return [...faults.values()]
  }
  return { look, files, faults, verifications: () => verifications }
}

test('damage to the files of a live version is noticed while it runs, and so is their restoration', async () => {
  const { look, files } = served()
  expect(await look()).toEqual([])

  Object.assign(files, { state: 'changed', isDamaged: true })
  expect(await look()).toEqual(['weights.bin is damaged'])
  expect(await look()).toEqual(['weights.bin is damaged'])

  Object.assign(files, { state: 'restored', isDamaged: false })
  expect(await look()).toEqual([])
})

test('damage after a version was loaded and before the first look is noticed', async () => {
  const { look, files } = served()
  files.isDamaged = true

  expect(await look()).toEqual(['weights.bin is damaged'])
})

test('files that were touched but are intact change nothing', async () => {
  const { look, files } = served()
  await look()

  files.state = 'touched'

  expect(await look()).toEqual([])
})

test('a fault from an earlier start is cleared as soon as the version can be loaded', async () => {
  const { look, files } = served({ isFaulty: true })
  files.isDamaged = false

  expect(await look()).toEqual([])
})

test('a version whose files have not changed is retried at growing intervals', async () => {
  const { look, files, verifications } = served()
  await look()
  Object.assign(files, { state: 'changed', isDamaged: true })
  await look()
  files.isDamaged = false
  files.breaksEngine = true

  for (let seconds = 0; seconds < 80; seconds += 2) await look()

  expect(verifications()).toBe(3) // after 10, 20 and 40 s
})
