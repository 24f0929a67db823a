import { expect, test } from 'vitest'
import { drawShape } from '#lib/domain/drawn-shapes.ts'
import { encodePng } from '#lib/images/write-png.ts'
import { data, ingestForEachTest, send, sizeOf } from '#lib/ingest/upload.fakes.ts'
import { findingsHandler } from './findings-job.ts'

ingestForEachTest()

const idle = {
  whenIdle: (signal: AbortSignal, work: (stop: AbortSignal) => Promise<unknown>) => work(signal),
}

test('the report is complete when the learning curve cannot be computed, and the map is tried', async () => {
  await send([
    ['label', 'cat'],
    ['files', encodePng(drawShape('star', 1)), 'a.png'],
    ['files', encodePng(drawShape('ring', 2)), 'b.png'],
  ])
  const warnings: string[] = []
  const requested: string[] = []
  const handler = findingsHandler({
    data: {
      ...data,
      learningCurves: { ...data.learningCurves, of: () => Promise.reject(new Error('its row is damaged')) },
      imageMaps: {
        ...data.imageMaps,
        of: async (id: string) => {
          requested.push(id)
          return data.imageMaps.of(id)
        },
      },
    },
    dataDir: '/nonexistent',
    sizeOf,
    turn: idle as never,
    log: (_level, message) => warnings.push(message),
  })

  const result = await handler.run({ classifierId: 'pets' }, {
    signal: new AbortController().signal,
  } as never)

  expect(result).toMatchObject({ images: 2 })
  expect(warnings).toEqual(['The learning curve could not be computed'])
  expect(requested).toEqual(['pets'])
  expect((await data.queries.listFindings({ classifier: 'pets', limit: 5 })).report).toMatchObject({
    images: 2,
  })
})
