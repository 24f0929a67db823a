import { expect, test } from 'vitest'
import type { SnapshotEntry } from '#lib/data/values.ts'
import type { VersionWithCard } from '#lib/data/versions/version-values.ts'
import { DarkroomError } from '#lib/domain/errors.ts'
import { compareVersions } from './compare.ts'
import { firstVerdict } from './first-verdict.ts'
import type { InferencePort } from '../ports.ts'
import { cardOf, versionRow } from '../rows.fakes.ts'

/** Images are their own text, `true label|prediction of v1|prediction of v2`; a child returns the prediction of
 *  the requested version. */
const entryOf = (label: string, champion: string, challenger: string, i: number): SnapshotEntry => ({
  hash: `${label}|${champion}|${challenger}|${i}`,
  label,
  split: 'test',
})

function fakeInference(versions: readonly VersionWithCard[]): InferencePort {
  return {
    load: async () => undefined,
    unload: () => undefined,
    verify: async () => undefined,
    async infer(ref, images) {
      const version = versions.find((one) => one.id === ref.key)!
      return {
        engine: 'onnx',
        inferenceMs: images.length * version.number,
        images: images.map((bytes) => {
          const answer = Buffer.from(bytes).toString().split('|')[version.number]!
          if (answer === 'broken')
            return {
              ok: false,
              failure: { code: 'corrupt_image', summary: '', reason: '', action: '' },
            } as const
          return {
            ok: true,
            logits: Float32Array.from(version.classes, (name) => (name === answer ? 4 : 0)),
            features: null,
            distance: null,
            problem: null,
            width: 1,
            height: 1,
            decodeMs: 0,
          } as const
        }),
      }
    },
  }
}

const v1 = versionRow(1)
const v2 = versionRow(2)
const compared = (
  entries: readonly SnapshotEntry[],
  change: { champion?: VersionWithCard; challenger?: VersionWithCard; unseen?: ReadonlySet<string> } = {},
) => {
  const champion = change.champion ?? v1
  const challenger = change.challenger ?? v2
  return compareVersions(
    { champion, challenger, entries, unseen: change.unseen ?? new Set(), now: new Date(0) },
    {
      bytesOf: async (hash) => (hash.includes('gone') ? null : Buffer.from(hash)),
      inference: fakeInference([champion, challenger]),
      maxPixels: 1e6,
      signal: new AbortController().signal,
    },
  )
}
const times = (count: number, label: string, champion: string, challenger: string) =>
  Array.from({ length: count }, (_, i) => entryOf(label, champion, challenger, i))

test('correct and incorrect predictions are counted in pairs, and the gate gives the verdict', async () => {
  const answer = await compared([
    ...times(60, 'apple', 'apple', 'apple'),
    ...times(14, 'lime', 'apple', 'lime'),
    ...times(3, 'lime', 'lime', 'plum'),
    ...times(2, 'plum', 'lime', 'apple'),
  ])

  expect(answer).toMatchObject({
    images: 79,
    both_right: 60,
    only_challenger_right: 14,
    only_champion_right: 3,
    both_wrong: 2,
    engine: 'onnx',
  })
  expect(answer.accuracy.champion.value).toBeCloseTo(63 / 79, 12)
  expect(answer.accuracy.challenger.value).toBeCloseTo(74 / 79, 12)
  expect(answer.p_value).toBeCloseTo(0.01273, 5) // exact McNemar for 14 and 3: 2 × 834 / 2^17
  expect(answer.verdict).toMatchObject({ kind: 'better', images: 79 })
  expect(answer.verdict.sentence).toContain(
    'Correct on 14 images that the old version got wrong, incorrect on 3 that it got right',
  )
  expect(answer.latency_ms).toEqual({ champion: 1, challenger: 2 })
})

test('the reason why a version cannot be compared names it as people do, not by its id', async () => {
  const damaged = async () => {
    throw new DarkroomError('bad_bundle', {
      what: `The version ${v2.id} cannot be loaded`,
      why: 'weights.bin has 9 bytes instead of 10',
      remedy: 'Restore its files.',
    })
  }
  const inference = fakeInference([v1, v2])

  const comparing = compareVersions(
    {
      champion: v1,
      challenger: v2,
      entries: times(2, 'lime', 'lime', 'lime'),
      unseen: new Set(),
      now: new Date(0),
    },
    {
      bytesOf: async (hash) => Buffer.from(hash),
      inference: { ...inference, load: async (ref) => (ref.key === v2.id ? damaged() : inference.load(ref)) },
      maxPixels: 1e6,
      signal: new AbortController().signal,
    },
  )

  await expect(comparing).rejects.toMatchObject({
    code: 'bad_bundle',
    what: 'The version v2 of "fruit" cannot be loaded',
    why: 'weights.bin has 9 bytes instead of 10',
  })
})

test('the coverage of the candidate classes is stated for each version that names any', async () => {
  const naming = versionRow(2, {
    card: { ...cardOf('v2'), candidates: { level: 0.95, mass: 0.9, images: 200, test: null, unsure: null } },
  })
  const entries = [...times(8, 'apple', 'apple', 'apple'), ...times(2, 'lime', 'lime', 'plum')].map(
    (entry) => ({ ...entry, hash: Buffer.from(entry.hash).toString('hex').padEnd(64, '0') }),
  )

  const { coverage } = await compareVersions(
    { champion: v1, challenger: naming, entries, unseen: new Set(), now: new Date(0) },
    {
      bytesOf: async (hash) => Buffer.from(Buffer.from(hash, 'hex').toString().replaceAll('\0', '')),
      inference: fakeInference([v1, naming]),
      maxPixels: 1e6,
      signal: new AbortController().signal,
    },
  )

  expect(coverage).toEqual({ champion: null, challenger: 0.8 }) // 0.965 on its top class: no second class within 0.9
})

test('old images and new ones are counted separately', async () => {
  const fresh = times(10, 'lime', 'apple', 'lime')

  const { parts } = await compared([...times(40, 'apple', 'apple', 'apple'), ...fresh], {
    unseen: new Set(fresh.map((entry) => entry.hash)),
  })

  expect(parts.map(({ name, images, gain }) => [name, images, gain.value])).toEqual([
    ['old', 40, 0],
    ['new', 10, 1],
  ])
})

test('images of a class that only the candidate knows are listed and mentioned, but not counted', async () => {
  const challenger = versionRow(2, { classes: ['apple', 'lime', 'plum', 'kiwi'] })

  const answer = await compared(
    [
      ...times(35, 'apple', 'apple', 'apple'),
      ...times(3, 'kiwi', 'lime', 'kiwi'),
      ...times(1, 'kiwi', 'lime', 'plum'),
    ],
    { challenger },
  )

  expect(answer.images).toBe(35)
  expect(answer.per_class.at(-1)).toEqual({
    class: 'kiwi',
    images: 4,
    recall_champion: 0,
    recall_challenger: 0.75,
    p_value: 1,
    is_new: true,
  })
  expect(answer.verdict.sentence).toMatch(
    / It also has 1 class that v1 does not have: correct on 3 of 4 test images of it, which are not counted above\.$/,
  )
})

test('an image that is missing or cannot be decoded is left out of both', async () => {
  const answer = await compared([
    ...times(30, 'apple', 'apple', 'apple'),
    entryOf('lime', 'broken', 'lime', 1),
    entryOf('lime', 'lime', 'gone', 2),
  ])

  expect(answer.images).toBe(30)
})

test("without the live version's own test images there is no verdict, however good the new version is", async () => {
  const champion = versionRow(1, { isShipped: true, card: cardOf('v1', {}, 10_000) })
  const fresh = times(40, 'lime', 'apple', 'lime')

  const { verdict } = await compared(fresh, { champion, unseen: new Set(fresh.map((entry) => entry.hash)) })

  expect(verdict).toMatchObject({ kind: 'cannot_tell', images_needed: 10_000 })
  expect(verdict.sentence).toBe(
    'Inconclusive. The 10,000 test images of v1 are not on this machine, so a loss of accuracy on them ' +
      'cannot be detected. On the new images: better. Correct on 40 images that the old version got wrong, ' +
      'incorrect on 0 that it got right: +100.0 points (+82.5 to +100.0).',
  )
})

test('the first version of unequal classes says what it would be if each class counted the same', () => {
  const card = cardOf('v1', {}, 0)
  const accuracy = { value: 0.9, low: 0.8, high: 0.95 }
  const folds = { accuracy, images: 93, balanced_accuracy: { value: 0.62, low: 0.5, high: 0.75 } } as never

  expect(firstVerdict({ card: { ...card, test: null, folds } }).sentence).toMatch(
    /It classifies 90 % correctly .*if each class counted the same, it would be 62 % \(50 to 75 %\)\.$/,
  )
})
