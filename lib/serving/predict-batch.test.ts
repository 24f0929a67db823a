import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { buffer } from 'node:stream/consumers'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { writeZip } from '#lib/archive/write-zip.ts'
import type { Part } from '#lib/contracts/contract.ts'
import { predictFixture, BROKEN, imageOf } from './predict-ports.fakes.ts'
import { createPredictBatch } from './predict-batch.ts'

const MOST_BYTES = 100

function batching(fixture = predictFixture()) {
  const scratchDir = mkdtempSync(path.join(tmpdir(), 'darkroom-batch-'))
  onTestFinished(() => rmSync(scratchDir, { recursive: true, force: true }))
  const predictBatch = createPredictBatch({
    predict: fixture.predict,
    maxImageBytes: MOST_BYTES,
    maxUploadBytes: 10_000,
    scratchDir,
  })
  const send = (parts: readonly Part[]) =>
    predictBatch(
      {
        top_k: 1,
        save: true,
        parts: (async function* () {
          yield* parts
        })(),
      },
      {},
    )
  return { ...fixture, ask: send, scratchDir }
}

const file = (filename: string, ...chunks: Uint8Array[]): Part => ({
  kind: 'file',
  name: 'files',
  filename,
  bytes: (async function* () {
    yield* chunks
  })(),
})
const field = (name: string, value: string): Part => ({ kind: 'field', name, value })
const outcomeOf = (one: { success: boolean; predicted_class?: string; code?: string }) =>
  one.success ? one.predicted_class : one.code

test('many files are predicted in order, and an unreadable one becomes an entry with its error', async () => {
  const { ask, rows } = batching()

  const answer = await ask([
    file('1.png', imageOf(2, 9)),
    file('2.png', Uint8Array.of(BROKEN)),
    file('3.png', imageOf(0, 9).subarray(0, 1), Uint8Array.of(9)),
  ])

  expect(answer).toMatchObject({ success: true, count: 3 })
  expect(answer.predictions.map(outcomeOf)).toEqual(['hen', 'corrupt_image', 'cat'])
  expect(answer.predictions[1]).toMatchObject({
    success: false,
    filename: '2.png',
    error: expect.stringContaining('its pixels are damaged'),
  })
  expect(rows.map((row) => row.filename)).toEqual(['1.png', '3.png'])
})

test('a ZIP is predicted entry by entry, and no temporary file remains', async () => {
  const { ask, scratchDir } = batching()
  const zip = await buffer(
    writeZip([
      { path: 'a/1.png', content: imageOf(1, 9) },
      { path: '__MACOSX/._1.png', content: Uint8Array.of(1) },
      { path: 'a/2.png', content: imageOf(0, 9) },
    ]),
  )

  const answer = await ask([file('images.zip', zip)])

  expect(answer.predictions.map((one) => [one.filename, outcomeOf(one)])).toEqual([
    ['a/1.png', 'dog'],
    ['a/2.png', 'cat'],
  ])
  expect(readdirSync(scratchDir)).toEqual([])
})

test('the total size of the images predicted concurrently for one request is limited', async () => {
  let open = 0
  let most = 0
  const fixture = predictFixture()
  const predict: typeof fixture.predict = async (request, caller) => {
    most = Math.max(most, (open += request.image.bytes.length))
    await new Promise(setImmediate)
    open -= request.image.bytes.length
    return fixture.predict(request, caller)
  }
  const predictBatch = createPredictBatch({
    predict,
    maxImageBytes: MOST_BYTES,
    maxUploadBytes: 10_000,
    mostOpenBytes: 7,
    scratchDir: tmpdir(),
  })
  const parts = Array.from({ length: 12 }, (_, i) => file(`${i}.png`, imageOf(i % 3, 9))) // two bytes each

  const answer = await predictBatch(
    {
      top_k: 1,
      save: false,
      parts: (async function* () {
        yield* parts
      })(),
    },
    {},
  )

  expect(answer.predictions.map(({ success }) => success)).toEqual(Array(12).fill(true))
  expect(most).toBe(6)
})

test('a truncated ZIP is refused as a whole, and no temporary file remains', async () => {
  const { ask, scratchDir } = batching()
  const zip = await buffer(writeZip([{ path: '1.png', content: imageOf(1, 9) }]))

  await expect(ask([file('images.zip', zip.subarray(0, -10))])).rejects.toMatchObject({
    code: 'bad_archive',
  })
  expect(readdirSync(scratchDir)).toEqual([])
})

test('an image over the size limit becomes a failed entry; the one after it is predicted', async () => {
  const { ask } = batching()

  const answer = await ask([
    file('large.png', new Uint8Array(60).fill(1), new Uint8Array(60)),
    file('2.png', imageOf(0, 9)),
  ])

  expect(answer.predictions.map(outcomeOf)).toEqual(['too_large', 'cat'])
})

test('more images than fit into the queue are predicted, because only a few are submitted at a time', async () => {
  const { ask } = batching()

  const answer = await ask(Array.from({ length: 100 }, (_, i) => file(`${i}.png`, imageOf(i % 3, 9))))

  expect(answer.predictions.map(outcomeOf)).toEqual(
    Array.from({ length: 100 }, (_, i) => ['cat', 'dog', 'hen'][i % 3]),
  )
})

test('the form may name the classifier before the files, but not after them', async () => {
  const { ask, requests: requested } = batching()

  await ask([field('classifier', 'plants'), file('1.png', imageOf(0, 9))])
  expect(requested).toEqual(['plants champion'])

  await expect(ask([file('1.png', imageOf(0, 9)), field('classifier', 'plants')])).rejects.toMatchObject({
    code: 'malformed',
  })
})

test('the error for a form without files names the expected field', async () => {
  const { ask } = batching()

  await expect(ask([field('note', 'hello')])).rejects.toMatchObject({
    code: 'missing_file',
    message: expect.stringContaining('"files"'),
  })
})

test('an error that concerns more than one image fails the request', async () => {
  const { ask } = batching(predictFixture({ keep: () => Promise.reject(new Error('the disk is full')) }))

  await expect(ask([file('1.png', imageOf(0, 9)), file('2.png', imageOf(0, 9))])).rejects.toThrow(
    'the disk is full',
  )
})
