import { existsSync } from 'node:fs'
import { expect, test } from 'vitest'
import { createRetention } from '#lib/operations/retention.ts'
import { blobFile } from '../images/blobs.ts'
import { editsOf, NOON, openWithFruit, storedImage, predictionOf, sampleOf } from '../opened.fakes.ts'
import type { DataFixture } from '../opened.fakes.ts'

const DAY_MS = 86_400_000
const LARGE = 40_000 // bytes: stored as a file
const caller = {}

const daysAgo = (days: number) => ({ createdAt: new Date(NOON - days * DAY_MS) })
const names = async ({ data }: DataFixture) =>
  (await data.queries.listPredictions({ limit: 500 })).predictions.map((one) => one.filename)
const imageOf = async ({ data }: DataFixture, text: string) => data.images.find(storedImage(text, LARGE).hash)

async function sumsAgree({ data }: DataFixture): Promise<void> {
  const { predictions, total } = await data.queries.listPredictions({ limit: 500 })
  const statistics = await data.queries.statistics({ classifier: 'fruit', days: 366 })
  const count = (name: string) => predictions.filter((one) => one.predicted_class === name).length
  expect(total).toBe(predictions.length)
  expect(statistics.total_predictions).toBe(predictions.length)
  expect(statistics.by_class.map((row) => [row.class, row.count])).toEqual(
    ['apple', 'lime', 'plum'].map((name) => [name, count(name)]).filter(([, n]) => n !== 0),
  )
  expect(statistics.by_day.reduce((sum, day) => sum + day.count, 0)).toBe(predictions.length)
  expect(statistics.corrections + statistics.confirmed).toBe(predictions.filter((one) => one.feedback).length)
}

test('one prediction is deleted for good: row, image, thumbnails, feedback and its part of the sums', async () => {
  const opened = await openWithFruit()
  const { data, folder } = opened
  const [gone, stays] = [
    predictionOf(data, { image: storedImage('gone', LARGE), predictedClass: 'lime' }),
    predictionOf(data, { image: storedImage('stays', LARGE) }),
  ]
  for (const row of [gone, stays]) await data.predictions.record(row)
  await editsOf(data).giveFeedback({ id: gone.id, correct: true })
  await data.blobs.put('thumbnail', `${storedImage('gone', LARGE).hash}-96`, Uint8Array.of(1))

  expect(await editsOf(data).deletePrediction({ id: gone.id })).toEqual({ id: gone.id, deleted: true })

  await expect(data.queries.getPrediction({ id: gone.id })).rejects.toMatchObject({ code: 'not_found' })
  expect([
    await imageOf(opened, 'gone'),
    existsSync(blobFile(folder, 'image', storedImage('gone', LARGE).hash)),
    data.blobs.has('thumbnail', `${storedImage('gone', LARGE).hash}-96`),
  ]).toEqual([null, false, false])
  expect(await imageOf(opened, 'stays')).not.toBeNull()
  await sumsAgree(opened)
  await expect(editsOf(data).deletePrediction({ id: gone.id })).rejects.toMatchObject({ code: 'not_found' })
})

test('a sample that a correction made stays with its image when its prediction is deleted', async () => {
  const opened = await openWithFruit()
  const { data } = opened
  const prediction = predictionOf(data, { image: storedImage('corrected', LARGE), isAnonymous: true })
  await data.predictions.record(prediction)
  const { sample_id } = await editsOf(data).giveFeedback({ id: prediction.id, correct: false, label: 'plum' })

  await editsOf(data).deletePredictions({ all: true, dry_run: false }, caller)
  await data.retention.dropAnonymousImages({ enoughBytes: Infinity })

  expect(await data.samples.get(sample_id!)).toMatchObject({ label: 'plum' })
  expect(await imageOf(opened, 'corrected')).not.toBeNull()
  await sumsAgree(opened)
})

test('predictions are deleted by a filter and by age, after a count that deletes nothing', async () => {
  const opened = await openWithFruit()
  const { data } = opened
  for (const row of [
    { filename: 'old', ...daysAgo(40) },
    { filename: 'lime', predictedClass: 'lime', ...daysAgo(2) },
    { filename: 'unsure', confidence: 0.3, ...daysAgo(1) },
    { filename: 'today' },
  ])
    await data.predictions.record(predictionOf(data, row))

  expect(
    await editsOf(data).deletePredictions({ older_than_days: 30, all: false, dry_run: true }, caller),
  ).toEqual({ count: 1, dry_run: true })
  expect(await names(opened)).toHaveLength(4)
  expect(
    await editsOf(data).deletePredictions({ older_than_days: 30, all: false, dry_run: false }, caller),
  ).toEqual({ count: 1, dry_run: false })
  expect(await names(opened)).toEqual(['today', 'unsure', 'lime'])
  expect(
    (await editsOf(data).deletePredictions({ class: 'lime', all: false, dry_run: false }, caller)).count,
  ).toBe(1)
  expect(
    (
      await editsOf(data).deletePredictions(
        { max_confidence: 0.5, older_than_days: 0, all: false, dry_run: false },
        caller,
      )
    ).count,
  ).toBe(1)
  expect(await names(opened)).toEqual(['today'])
  await sumsAgree(opened)
  await expect(editsOf(data).deletePredictions({ all: false, dry_run: false }, caller)).rejects.toMatchObject(
    {
      code: 'invalid_input',
      remedy: expect.stringContaining('all=true'),
    },
  )
  await expect(
    editsOf(data).deletePredictions({ classifier: 'none', all: true, dry_run: false }, caller),
  ).rejects.toMatchObject({ code: 'not_found' })
})

test('many predictions are deleted in steps between which others write', async () => {
  const opened = await openWithFruit()
  const { data } = opened
  await Promise.all(
    Array.from({ length: 900 }, (_, i) =>
      data.predictions.record(
        predictionOf(data, {
          image: storedImage(`${i}`),
          predictedClass: i % 2 ? 'apple' : 'lime',
          ...daysAgo(1),
        }),
      ),
    ),
  )

  const deleting = editsOf(data).deletePredictions(
    { older_than_days: 0.5, all: false, dry_run: false },
    caller,
  )
  const during = Promise.all(
    Array.from({ length: 20 }, () => data.predictions.record(predictionOf(data, { filename: 'meanwhile' }))),
  )

  expect((await deleting).count).toBe(900)
  await during
  expect(await names(opened)).toEqual(Array(20).fill('meanwhile'))
  await sumsAgree(opened)
})

test('images of anonymous users have a quota: beyond it only their predictions are stored', async () => {
  const opened = await openWithFruit({ anonymousBytes: 3 * LARGE })
  const { data } = opened
  const send = (text: string, minutes: number, isAnonymous = true) =>
    data.predictions.record(
      predictionOf(data, {
        filename: text,
        image: storedImage(text, LARGE),
        isAnonymous,
        createdAt: new Date(NOON + minutes * 60_000),
      }),
    )
  for (const [minutes, text] of ['a', 'b', 'c', 'd'].entries()) await send(text, minutes)
  await send('of a person', 9, false)

  expect(await data.retention.anonymousImages()).toEqual({ images: 3, bytes: 3 * LARGE })
  expect([await imageOf(opened, 'd'), await imageOf(opened, 'of a person')]).toEqual([
    null,
    expect.anything(),
  ])
  expect(await names(opened)).toHaveLength(5)

  await send('b', 10, false) // stored by a user too
  expect(await data.retention.anonymousImages()).toEqual({ images: 2, bytes: 2 * LARGE })
  const sweep = createRetention({
    data: data.retention,
    limits: { publicDays: null, publicBytes: 1.5 * LARGE, days: null, gigabytes: null },
    now: () => NOON,
    log: () => {},
  })
  await sweep(new AbortController().signal)

  expect(
    await Promise.all(
      ['a', 'b', 'c', 'of a person'].map(async (text) => (await imageOf(opened, text)) !== null),
    ),
  ).toEqual([false, true, true, true])
  expect(await data.retention.anonymousImages()).toEqual({ images: 1, bytes: LARGE })
  expect(
    (await data.queries.listPredictions({ limit: 9 })).predictions.map((one) => [
      one.filename,
      one.image_url !== null,
    ]),
  ).toContainEqual(['a', false])
})

test('anonymous images are deleted after their days, predictions after theirs; newer ones stay', async () => {
  const opened = await openWithFruit()
  const { data } = opened
  const rows = [
    ['ancient', 400, false],
    ['old', 40, false],
    ['old, anonymous', 40, true],
    ['young, anonymous', 3, true],
  ] as const
  for (const [text, days, isAnonymous] of rows)
    await data.predictions.record(
      predictionOf(data, {
        filename: text,
        image: storedImage(text, LARGE),
        isAnonymous,
        ...daysAgo(days),
      }),
    )
  const lines: string[] = []
  const sweep = createRetention({
    data: data.retention,
    limits: { publicDays: 30, publicBytes: 1e9, days: 365, gigabytes: null },
    now: () => NOON,
    log: (_level, message) => {
      lines.push(message)
    },
  })

  await sweep(new AbortController().signal)

  expect(await names(opened)).toEqual(['young, anonymous', 'old, anonymous', 'old'])
  expect(await Promise.all(rows.map(async ([text]) => (await imageOf(opened, text)) !== null))).toEqual([
    false,
    true,
    false,
    true,
  ])
  expect(lines).toEqual([
    '1 image of anonymous predictions deleted by age or quota',
    '1 prediction deleted by RETENTION_DAYS or RETENTION_GB',
  ])
  await sumsAgree(opened)
})

test('above RETENTION_GB the oldest predictions leave, with their images, until it is below', async () => {
  const opened = await openWithFruit()
  const { data } = opened
  for (let i = 0; i < 30; i++)
    await data.predictions.record(
      predictionOf(data, {
        filename: `${i}`,
        image: storedImage(`image ${i} `, LARGE),
        ...daysAgo(30 - i),
      }),
    )
  await data.samples.add('fruit', [sampleOf('sample', { image: storedImage('image 0 ', LARGE) })])
  const bytes = await data.retention.historyBytes()
  const sweep = createRetention({
    data: data.retention,
    limits: { publicDays: null, publicBytes: 1e9, days: null, gigabytes: (bytes - 1) / 1e9 },
    now: () => NOON,
    log: () => {},
  })

  expect(bytes).toBe(29 * LARGE + 30 * 1_000) // the image of the sample is not the history's
  await sweep(new AbortController().signal)

  expect(await names(opened)).toEqual(Array.from({ length: 27 }, (_, i) => `${29 - i}`)) // a tenth left, of the oldest
  expect(await data.retention.historyBytes()).toBe(27 * (LARGE + 1_000))
  expect(await imageOf(opened, 'image 0 ')).not.toBeNull()
  await sumsAgree(opened)
})

test('a history of more than two gigabytes is summed', async () => {
  const { data } = await openWithFruit()
  for (const text of ['a', 'b', 'c']) {
    const image = storedImage(text, LARGE)
    await data.predictions.record(
      predictionOf(data, {
        image: { ...image, bytes: Object.defineProperty(image.bytes, 'length', { value: 1_500_000_000 }) },
        isAnonymous: true,
      }),
    )
  }

  expect(await data.retention.historyBytes()).toBe(4_500_003_000)
  expect(await data.retention.anonymousImages()).toEqual({ images: 3, bytes: 4_500_000_000 })
})
