import { expect, test } from 'vitest'
import { listPredictions } from '#lib/contracts/predictions.ts'
import { exportPredictions } from '#lib/contracts/predictions-export.ts'
import type { FileAnswer } from '#lib/contracts/contract.ts'
import { openWithFruit, predictionOf } from '#lib/data/opened.fakes.ts'

const input = (values: object) => exportPredictions.input.parse(values)
async function textOf({ bytes }: FileAnswer): Promise<string> {
  const pieces: Uint8Array[] = []
  for await (const piece of bytes as AsyncIterable<Uint8Array>) pieces.push(piece)
  return Buffer.concat(pieces).toString('utf8')
}

test('the history is exported as CSV, newest first, with formulas escaped', async () => {
  const { data } = await openWithFruit()
  await data.predictions.record(predictionOf(data, { filename: 'older.png' }))
  await data.predictions.record(
    predictionOf(data, { filename: '=1+1.png', predictedClass: 'lime', confidence: 0.6 }),
  )

  const file = await data.queries.exportPredictions(input({ classifier: 'fruit' }))
  const lines = (await textOf(file)).trimEnd().split('\r\n')

  expect(file).toMatchObject({
    mediaType: 'text/csv; charset=utf-8',
    filename: 'predictions-fruit-2026-11-21.csv',
  })
  expect(lines[0]).toBe(
    'id,timestamp,classifier,model_version,engine,predicted_class,confidence,decision,filename,width,height,' +
      'total_ms,feedback_correct,feedback_label,probabilities',
  )
  expect(lines[1]).toContain(`,fruit,v1,wasm,lime,0.6,confident,'=1+1.png,8,8,4,,,"{""apple"":0.75,`)
  expect(lines[2]).toContain('older.png')
  expect(lines).toHaveLength(3)
})

test('a prediction by an inference endpoint is listed and exported with its engine', async () => {
  const { data } = await openWithFruit()
  await data.predictions.record(predictionOf(data, { engine: 'remote' }))

  const { predictions } = await data.queries.listPredictions(
    listPredictions.input.parse({ classifier: 'fruit' }),
  )
  const text = await textOf(await data.queries.exportPredictions(input({ classifier: 'fruit' })))

  expect(predictions).toMatchObject([{ engine: 'remote' }])
  expect(text).toContain(',fruit,v1,remote,apple,')
})

test('an export larger than one page is complete, filtered like the list, as JSONL', async () => {
  const { data } = await openWithFruit()
  await Promise.all(
    Array.from({ length: 2_345 }, (_, i) =>
      data.predictions.record(predictionOf(data, { predictedClass: i < 2_101 ? 'apple' : 'plum' })),
    ),
  )

  const rows = (
    await textOf(await data.queries.exportPredictions(input({ format: 'jsonl', class: 'apple' })))
  )
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { id: string; predicted_class: string })

  expect(rows).toHaveLength(2_101)
  expect(new Set(rows.map(({ id }) => id)).size).toBe(2_101)
  expect(rows.every((row) => row.predicted_class === 'apple')).toBe(true)
  expect(rows.map(({ id }) => id)).toEqual(
    rows
      .map(({ id }) => id)
      .toSorted()
      .toReversed(),
  )
})
