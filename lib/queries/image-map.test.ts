import { expect, test } from 'vitest'
import { openWithFruit, sampleOf } from '#lib/data/opened.fakes.ts'

test('the map has each image with its class and problem, and its rectangles are filters of the list', async () => {
  const { data } = await openWithFruit()
  await data.samples.add('fruit', [sampleOf('one'), sampleOf('two'), sampleOf('three')])
  const [first, second] = (await data.findings.samplesOf('fruit')).map(({ id }) => id)
  const finding = { severity: 0.5, detail: '', suggestedLabel: null, labels: [], samples: [second!] }
  await data.findings.finish('fruit', {
    findings: [
      { ...finding, kind: 'blurry' },
      { ...finding, kind: 'mislabelled' },
    ],
    unknown: [],
    images: 3,
  })
  const points = [
    { sampleId: first!, x: 0.1, y: 0.1 },
    { sampleId: second!, x: 0.8, y: 0.2 },
    { sampleId: 'deleted meanwhile', x: 0.5, y: 0.5 },
  ]
  await data.imageMaps.keep('fruit', { basis: 'b', method: 'umap', points })

  const map = await data.queries.imageMap({ classifier: 'fruit' })
  const inArea = async (area: string) =>
    (await data.queries.listSamples({ classifier: 'fruit', area, sort: 'newest', limit: 10 })).samples.map(
      ({ id }) => id,
    )

  expect(map).toMatchObject({ method: 'umap', images: 3, is_computing: false })
  expect(new Map(map.points.map((one) => [one.id, one.finding]))).toEqual(
    new Map([
      [first, null],
      [second, 'mislabelled'],
    ]),
  )
  expect(await inArea('0,0,0.5,0.5')).toEqual([first])
  expect(await inArea('0,0,1,1')).toEqual([second, first])

  await data.imageMaps.keep('fruit', { basis: 'c', method: 'pca', points: points.slice(0, 1) })
  await data.findings.request('fruit')
  const next = await data.queries.imageMap({ classifier: 'fruit' })
  expect(next.points).toHaveLength(1)
  expect(next.is_computing).toBe(true)
})

test('without a map there are no points, and a dismissed problem is none', async () => {
  const { data } = await openWithFruit()
  expect(await data.queries.imageMap({ classifier: 'fruit' })).toMatchObject({
    computed_at: null,
    points: [],
  })

  await data.samples.add('fruit', [sampleOf('one')])
  const [{ id } = { id: '' }] = await data.findings.samplesOf('fruit')
  await data.findings.finish('fruit', {
    findings: [
      { kind: 'blurry', severity: 0.5, detail: '', suggestedLabel: null, labels: [], samples: [id] },
    ],
    unknown: [],
    images: 1,
  })
  await data.imageMaps.keep('fruit', { basis: 'b', method: 'pca', points: [{ sampleId: id, x: 0, y: 1 }] })
  await data.findings.dismiss('fruit', { kind: 'blurry', samples: [id], by: 'Ada' })

  expect((await data.queries.imageMap({ classifier: 'fruit' })).points[0]!.finding).toBeNull()
})
