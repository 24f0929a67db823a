import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { openWithFruit, sampleOf, storedImage } from '#lib/data/opened.fakes.ts'
import { registerVersion } from '#lib/data/versions/sealed.fakes.ts'
import { storeMissingPredictions } from './sample-predictions.ts'

test('the out-of-fold answers of an earlier version are stored once, for images that exist', async () => {
  const { data } = await openWithFruit()
  await data.samples.add('fruit', [sampleOf('a'), sampleOf('b')])
  const version = await registerVersion(data)
  await data.promotions.promote({ versionId: version.id, by: 'test', reason: null })
  const rows = [
    { hash: storedImage('a').hash, logits: [0, 2, 0] },
    { hash: storedImage('deleted').hash, logits: [0, 0, 2] },
  ].map((row, group) => ({ ...row, group, counts: true }))
  writeFileSync(path.join(version.folder, 'folds.json'), JSON.stringify({ format: 1, folds: 5, rows }))

  await storeMissingPredictions(data)
  writeFileSync(path.join(version.folder, 'folds.json'), 'not read again')
  await storeMissingPredictions(data)

  const { samples } = await data.queries.listSamples({ limit: 9, sort: 'oldest' })
  // softmax: e² / (e² + 2)
  expect(samples.map(({ predicted }) => predicted)).toEqual([
    {
      class: version.classes[1],
      confidence: expect.closeTo(Math.exp(2) / (Math.exp(2) + 2), 6),
      version: 'v1',
    },
    null,
  ])
})
