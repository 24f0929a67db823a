import { expect, test } from 'vitest'
import {
  editsOf,
  openWithFruit,
  predictionOf,
  sampleOf,
  storedImage,
  type DataFixture,
} from '#lib/data/opened.fakes.ts'
import type { SampleFilters, SampleSort } from '#lib/contracts/sample-filters.ts'
import { registerVersion } from '#lib/data/versions/sealed.fakes.ts'

/** Six images; the live version has stored predictions for the first four. */
async function withPredictions(): Promise<DataFixture & { readonly versionId: string }> {
  const opened = await openWithFruit()
  const { data } = opened
  const names = ['IMG_1', 'IMG_2', 'img_3', 'other', 'late', 'unknown']
  await data.samples.add(
    'fruit',
    names.map((name, i) => sampleOf(name, { label: i % 2 === 0 ? 'apple' : 'lime' })),
  )
  const { id } = await registerVersion(data)
  await data.promotions.promote({ versionId: id, by: 'test', reason: null })
  await data.samplePredictions.store(
    id,
    [
      ['IMG_1', 'apple', 0.9],
      ['IMG_2', 'apple', 0.6],
      ['img_3', 'lime', 0.55],
      ['other', 'lime', 0.99],
      ['not stored', 'lime', 0.5],
    ].map(([name, predicted, confidence]) => ({
      hash: storedImage(String(name)).hash,
      predicted: String(predicted),
      confidence: Number(confidence),
    })),
  )
  return { ...opened, versionId: id }
}

const named = async ({ data }: DataFixture, filters: SampleFilters & { sort?: SampleSort }) => {
  const { samples, total } = await data.queries.listSamples({ limit: 50, ...filters })
  expect(total).toBe(samples.length)
  return samples.map(({ filename }) => filename?.replace('.png', ''))
}

test('images are found by part of their name, by prediction, and by how certain it is', async () => {
  const opened = await withPredictions()

  expect(await named(opened, { filename: 'img_' })).toEqual(['img_3', 'IMG_2', 'IMG_1'])
  const { samples } = await opened.data.queries.listSamples({ limit: 50, filename: 'IMG_2' })
  expect(await named(opened, { sample: samples[0]!.id })).toEqual(['IMG_2'])
  expect(await named(opened, { predicted: 'lime' })).toEqual(['other', 'img_3'])
  expect(await named(opened, { differs: true })).toEqual(['img_3', 'IMG_2'])
  expect(await named(opened, { differs: false, label: 'lime' })).toEqual(['other'])
  expect(await named(opened, { certainty_below: 0.6 })).toEqual(['img_3'])
  expect(await named(opened, { sort: 'least_certain' })).toEqual(['img_3', 'IMG_2', 'IMG_1', 'other'])
  expect(await named(opened, { sort: 'oldest' })).toEqual([
    'IMG_1',
    'IMG_2',
    'img_3',
    'other',
    'late',
    'unknown',
  ])
  expect(await named(opened, { sort: 'name' })).toEqual([
    'IMG_1',
    'IMG_2',
    'img_3',
    'late',
    'other',
    'unknown',
  ])
})

test('a state names the images in it, and no state those that are not in the trash', async () => {
  const opened = await withPredictions()
  const edits = editsOf(opened.data)
  const { samples } = await opened.data.queries.listSamples({ limit: 9, sort: 'oldest' })
  const idOf = (i: number): string => samples[i]!.id
  await edits.changeSample({ id: idOf(0), is_excluded: true })
  await edits.changeSample({ id: idOf(1), label: null })
  await edits.deleteSample({ id: idOf(2) })

  expect(await named(opened, { state: 'excluded' })).toEqual(['IMG_1'])
  expect(await named(opened, { state: 'unlabelled' })).toEqual(['IMG_2'])
  expect(await named(opened, { state: 'trashed' })).toEqual(['img_3'])
  expect(await named(opened, { state: 'active' })).toEqual(['unknown', 'late', 'other'])
  expect(await named(opened, {})).toHaveLength(5)
  expect(await named(opened, { state: 'active', source: 'upload', split: 'train' })).toHaveLength(3)
})

test('an image shows the stored prediction of the live version, else the latest of the history', async () => {
  const opened = await withPredictions()
  const { data, versionId } = opened
  const late = storedImage('late')
  for (const confidence of [0.4, 0.7])
    await data.predictions.record(
      predictionOf(data, { versionId, predictedClass: 'plum', confidence, image: late }),
    )

  const { samples } = await data.queries.listSamples({ limit: 9, sort: 'oldest' })

  expect(samples.map(({ predicted }) => predicted && [predicted.class, predicted.confidence])).toEqual([
    ['apple', 0.9],
    ['apple', 0.6],
    ['lime', 0.55],
    ['lime', 0.99],
    ['plum', 0.7],
    null,
  ])
  expect(samples[0]?.predicted?.version).toBe('v1')
})

test.each<SampleSort>(['newest', 'oldest', 'name', 'least_certain'])(
  'pages by cursor and by position are the same list, sorted by %s',
  async (sort) => {
    const { data } = await withPredictions()
    const all = (await data.queries.listSamples({ limit: 9, sort })).samples.map(({ id }) => id)

    const byCursor: string[] = []
    let cursor: string | undefined
    do {
      const page = await data.queries.listSamples({ limit: 2, sort, ...(cursor !== undefined && { cursor }) })
      byCursor.push(...page.samples.map(({ id }) => id))
      cursor = page.next_cursor ?? undefined
    } while (cursor !== undefined)
    const third = await data.queries.listSamples({ limit: 2, sort, offset: 2 })

    expect(byCursor).toEqual(all)
    expect(third.samples.map(({ id }) => id)).toEqual(all.slice(2, 4))
  },
)

test('a change of all that match changes what the list shows, once, and is undone as a whole', async () => {
  const opened = await withPredictions()
  const edits = editsOf(opened.data)
  const filter = { differs: true, certainty_below: 0.7, filename: 'IMG' } as const
  const shown = await named(opened, filter)

  const { change, changed } = await edits.changeSamples({
    filter: { classifier: 'fruit', ...filter },
    label: 'plum',
  })

  expect(changed).toBe(shown.length)
  expect(await named(opened, { label: 'plum' })).toEqual(shown)
  await edits.undoChange({ id: change!.id, skip_conflicts: false })
  expect(await named(opened, { label: 'plum' })).toEqual([])
  expect(await named(opened, filter)).toEqual(shown)
})

test('all that match in the trash are restored by one change', async () => {
  const opened = await withPredictions()
  const edits = editsOf(opened.data)
  await edits.changeSamples({ filter: { classifier: 'fruit', label: 'lime' }, is_trashed: true })

  const { changed } = await edits.changeSamples({
    filter: { classifier: 'fruit', state: 'trashed' },
    is_trashed: false,
  })

  expect([changed, await named(opened, {})]).toEqual([3, expect.objectContaining({ length: 6 })])
})

test('a kind of finding shows the images that the report lists under it', async () => {
  const opened = await withPredictions()
  const { data } = opened
  const { samples } = await data.queries.listSamples({ limit: 2, sort: 'oldest' })
  await data.findings.finish('fruit', {
    findings: [
      {
        kind: 'blurry',
        samples: [samples[1]!.id],
        severity: 0.5,
        suggestedLabel: null,
        labels: [],
        detail: 'Blurred.',
      },
    ],
    images: 6,
    unknown: [],
  })

  expect(await named(opened, { finding: 'blurry' })).toEqual(['IMG_2'])
  expect(await named(opened, { finding: 'dark' })).toEqual([])
})
