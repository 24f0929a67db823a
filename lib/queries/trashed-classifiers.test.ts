import { expect, test } from 'vitest'
import { openWithFruit, predictionOf, sampleOf } from '#lib/data/opened.fakes.ts'

async function withTwo() {
  const opened = await openWithFruit()
  const { data } = opened
  await data.classifiers.create({
    id: 'nuts',
    title: 'Nuts',
    classes: ['apple', 'lime', 'plum'],
    input: { size: 32, channels: 3, fit: 'cover' },
    isMirrorable: true,
  })
  for (const classifierId of ['fruit', 'nuts']) {
    await data.samples.add(classifierId, [sampleOf(`one of ${classifierId}`)])
    await data.runs.plan({
      classifierId,
      recipe: 'scratch-small',
      epochs: 3,
      seed: 1,
      baseVersionId: null,
      message: 'Waiting',
      unseen: 1,
      plan: {},
      entries: [{ hash: 'ab'.repeat(32), label: 'apple', split: 'train' }],
    })
    await data.runs.change((await data.runs.active(classifierId))!.id, { state: 'failed', error: 'a test' })
    const upload = await data.uploads.begin(classifierId)
    await data.uploads.change(upload.id, { state: 'done' })
  }
  for (const classifierId of ['fruit', 'fruit', 'nuts'])
    await data.predictions.record(predictionOf(data, { classifierId }))
  return opened
}

test('lists of all classifiers leave out what belongs to one in the trash, until it is restored', async () => {
  const { data } = await withTwo()
  const { queries } = data
  const listed = async () => {
    const { predictions, total } = await queries.listPredictions({ limit: 9 })
    const { runs } = await queries.listRuns({ limit: 9 })
    const { uploads } = await queries.listUploads({ limit: 9 })
    const { total_predictions, latency_ms } = await queries.statistics({ days: 7 })
    const csv = await queries.exportPredictions({ format: 'jsonl' })
    let lines = 0
    for await (const piece of csv.bytes as AsyncIterable<Uint8Array>)
      lines += Buffer.from(piece).toString().split('\n').length - 1
    return {
      predictions: predictions.map(({ classifier }) => classifier).toSorted(),
      filtered: (await queries.listPredictions({ limit: 9, min_confidence: 0.1 })).total,
      total,
      exported: lines,
      runs: runs.map(({ classifier }) => classifier).toSorted(),
      status: (await queries.retrainStatus({})).classifier,
      uploads: uploads.map(({ classifier }) => classifier).toSorted(),
      total_predictions,
      hasLatency: latency_ms !== null,
    }
  }
  const both = await listed()
  expect(both).toMatchObject({ total: 3, runs: ['fruit', 'nuts'], status: 'nuts', total_predictions: 3 })

  const { id } = await data.trash.putClassifier('nuts', 'Ada')

  expect(await listed()).toEqual({
    predictions: ['fruit', 'fruit'],
    filtered: 2,
    total: 2,
    exported: 2,
    runs: ['fruit'],
    status: 'fruit',
    uploads: ['fruit'],
    total_predictions: 2,
    hasLatency: true,
  })
  await data.trash.restore(id, 'Ada')
  expect(await listed()).toEqual(both)
})
