import { expect, test } from 'vitest'
import { predictFixture, BROKEN, imageOf } from './predict-ports.fakes.ts'
import type { ExplanationOutput, ExplainOptions } from './pool-parts.ts'
import { createPredictExplained } from './predict-explained.ts'
import { notReady } from './refusals.ts'

const requestOf = (bytes: Uint8Array) => ({ top_k: 2, save: true, image: { bytes, filename: 'a.png' } })
const output: ExplanationOutput = {
  rows: 2,
  columns: 2,
  drops: [
    [0.41234567, -0.00000001],
    [-0.25, 0],
  ],
  square: Uint8Array.of(1, 2, 3),
}

/**
 * A child that finishes an explanation when the test resolves it; `most` is the highest concurrency
 * observed.
 */
function explaining({
  temperature = 1,
  explain = async () => output,
}: { temperature?: number; explain?: () => Promise<ExplanationOutput> } = {}) {
  const fixture = predictFixture({ calibrated: { temperature, threshold: 0.5 } })
  const request: (ExplainOptions & { key: string })[] = []
  const concurrency = { now: 0, most: 0 }
  const pool = {
    ready: () => 2,
    explain: async ({ key }: { key: string }, _image: unknown, about: ExplainOptions) => {
      request.push({ key, ...about })
      concurrency.most = Math.max(concurrency.most, ++concurrency.now)
      return explain().finally(() => {
        concurrency.now -= 1
      })
    },
  }
  const { predict } = createPredictExplained({
    predict: fixture.predict,
    swap: fixture.swap,
    pool,
    clock: fixture.clock,
    prepare: async ({ bytes }) => bytes,
    maxPixels: 1e6,
  })
  return { ...fixture, plain: fixture.predict, predict, explained: request, seen: concurrency }
}

test('an explained prediction contains the prediction, the drops, and the image they refer to', async () => {
  const { predict, plain, explained } = explaining({ temperature: 2 })

  const { explanation, ...answer } = await predict(requestOf(imageOf(1, 4)), {})

  expect({ ...answer, id: null, saved: false }).toEqual({
    ...(await plain({ ...requestOf(imageOf(1, 4)), save: false }, {})),
  })
  expect(explanation).toEqual({
    method: 'occlusion',
    rows: 2,
    columns: 2,
    drops: [
      [0.412346, 0],
      [-0.25, 0],
    ],
    square: 'data:image/png;base64,AQID',
  })
  expect(explained).toEqual([{ key: 'id-of-v3', maxPixels: 1e6, predicted: 1, temperature: 2 }])
})

test('the version that predicted is the one explained, and both are free again afterwards', async () => {
  const { predict, requests: requested, leases } = explaining()

  await predict({ ...requestOf(imageOf(0, 5)), classifier: 'plants', version: 'v3' }, {})

  expect(requested).toEqual(['plants v3', 'plants v3'])
  expect(leases()).toBe(0)
})

test('the history stores the prediction as usual, and nothing of the explanation', async () => {
  const { predict, plain, rows } = explaining()

  await predict(requestOf(imageOf(0, 5)), {})
  await predict({ ...requestOf(imageOf(0, 5)), save: false }, {})
  await plain(requestOf(imageOf(0, 5)), {})

  expect(rows).toHaveLength(2)
  expect({ ...rows[0], id: '' }).toEqual({ ...rows[1], id: '' })
})

test("an unreadable image is refused with the decoder's error, and nothing is explained", async () => {
  const { predict, explained, leases } = explaining()

  await expect(predict(requestOf(Uint8Array.of(BROKEN)), {})).rejects.toMatchObject({
    code: 'corrupt_image',
    why: 'it is a PNG image, but its pixels are damaged',
  })
  expect([explained, leases()]).toEqual([[], 0])
})

test('explanations run one after the other; when too many wait, the next one is refused at once', async () => {
  const first = Promise.withResolvers<ExplanationOutput>()
  const { predict, rows, seen } = explaining({ explain: () => first.promise })

  const under = Array.from({ length: 9 }, () => predict(requestOf(imageOf(0, 5)), {}))
  await expect(predict(requestOf(imageOf(0, 5)), {})).rejects.toMatchObject({ code: 'overloaded' })
  first.resolve(output)

  expect(await Promise.all(under)).toHaveLength(9)
  expect(rows).toHaveLength(9)
  expect(seen.most).toBe(1)
})

test('a failed explanation is reported, and the version is free again', async () => {
  const { predict, leases } = explaining({
    explain: async () => {
      throw notReady('the inference process ended while it processed the image')
    },
  })

  await expect(predict(requestOf(imageOf(0, 5)), {})).rejects.toMatchObject({ code: 'not_ready' })
  expect(leases()).toBe(0)
})
