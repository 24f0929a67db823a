import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { receive } from './multipart-spool.ts'
import { ingestImages, type IncomingFile } from './ingest.ts'
import {
  arrivals,
  data,
  ingest,
  ingestForEachTest,
  ingestOfProcess,
  leftOver,
  logged,
  image,
  samples,
  send,
  sizeOf,
  type FormFields,
} from './upload.fakes.ts'
import { MOST_AT_ONCE } from './upload.ts'

ingestForEachTest()

test('many images are processed after a 202, and the report shows when they are done', async () => {
  const many = MOST_AT_ONCE + 60
  const parts: FormFields = [
    ['label', 'cat'],
    ...Array.from({ length: many }, (_, i) => ['files', image(i), `${i}.png`] as const),
  ]

  const { status, body } = await send(parts)
  expect([status, body.state]).toEqual([202, 'running'])

  await ingest.idle()
  const report = await data.queries.getUpload({ id: body.id })
  expect(report.state).toBe('done')
  expect(report.count + report.findings_total).toBe(many)
  expect((await samples()).length).toBe(report.count)
  expect(leftOver()).toEqual([])
})

test('an upload that is stopped halfway leaves no sample', async () => {
  const parts: FormFields = [
    ['label', 'cow'],
    ...Array.from({ length: MOST_AT_ONCE + 1 }, (_, i) => ['files', image(i), `${i}.png`] as const),
  ]

  const { body } = await send(parts)
  await ingest[Symbol.asyncDispose]()

  expect(await data.queries.getUpload({ id: body.id })).toMatchObject({
    state: 'failed',
    count: 0,
    error: expect.stringContaining('shutting down'),
  })
  expect(await samples()).toEqual([])
  expect(leftOver()).toEqual([])
  expect(logged).toEqual(['an upload failed'])
})

test('a source that fails halfway leaves no sample', async () => {
  const entry = await data.uploads.begin('pets')
  async function* failing(): AsyncGenerator<IncomingFile> {
    for (let i = 0; i < 300; i++) yield { label: 'cat', split: 'train', path: `${i}.png`, bytes: image(i) }
    throw new Error('the disk was pulled out')
  }

  await expect(
    ingestImages(
      failing(),
      { upload: entry, source: 'dataset' },
      { ...data, sizeOf, groupImages: async () => {} },
    ),
  ).rejects.toThrow('pulled out')

  expect(await samples()).toEqual([])
  expect(await data.uploads.get(entry.id)).toMatchObject({ state: 'failed', count: 0 })
})

test('images that are sent again while their first upload has not ended outlive its failure', async () => {
  const first = await data.uploads.begin('pets')
  const five = [1, 2, 3, 4, 5]
  await data.samples.add(
    'pets',
    five.map((n) => ({
      image: {
        hash: createHash('sha256').update(image(n)).digest('hex'),
        bytes: image(n),
        width: 12,
        height: 12,
        mediaType: 'image/png',
      },
      label: 'cat',
      split: 'train',
      source: 'upload',
      uploadId: first.id,
      filename: `${n}.png`,
    })),
  )

  const second = await data.uploads.begin('pets')
  const { promise: found, resolve: find } = Promise.withResolvers<void>()
  async function* again(): AsyncGenerator<IncomingFile> {
    for (const n of five) yield { label: 'cat', split: 'train', path: `${n}.png`, bytes: image(n) }
  }

  const adding = ingestImages(
    again(),
    { upload: second, source: 'upload' },
    {
      ...data,
      samples: {
        add: async (...call) => {
          const results = await data.samples.add(...call)
          find()
          return results
        },
      },
      sizeOf,
      groupImages: async () => {},
    },
  )
  await found
  await data.uploads.change(first.id, { state: 'failed' })
  await data.uploads.discard(first.id)

  expect(await adding).toMatchObject({ state: 'done', count: 5 })
  expect((await samples()).length).toBe(5)
})

const caller = { kind: 'person', id: null, name: 'Ada', scopes: [] } as const

test('an upload moves to the trash with its samples and the classes that it alone created, and returns', async () => {
  const { body } = await send([
    ['label', 'cow'],
    ['files', image(1), 'a.png'],
  ])

  const undone = await ingest.undoUpload({ id: body.id }, { caller })

  expect(undone).toMatchObject({ state: 'undone', message: 'Moved 1 image to the trash' })
  expect(await samples()).toEqual([])
  expect((await data.classifiers.get('pets')).classes).toEqual(['cat', 'dog'])
  await expect(ingest.undoUpload({ id: body.id }, { caller })).rejects.toMatchObject({ code: 'conflict' })
  const [entry] = await data.trash.list({ limit: 9 })
  await data.trash.restore(entry!.id, 'Ada')
  expect((await data.uploads.get(body.id)).state).toBe('done')
  expect((await samples()).length).toBe(1)
  expect((await data.classifiers.get('pets')).classes).toEqual(['cat', 'dog', 'cow'])
})

test('a client that disconnects leaves no file on the disk', async () => {
  async function* broken(): AsyncGenerator<Uint8Array> {
    yield image(1)
    throw Object.assign(new Error('aborted'), { code: 'ECONNRESET' })
  }
  async function* parts(): AsyncGenerator<{
    kind: 'file'
    name: string
    filename: string
    bytes: AsyncIterable<Uint8Array>
  }> {
    yield { kind: 'file', name: 'files', filename: 'a.png', bytes: broken() }
  }

  await expect(receive(parts(), arrivals(), 50_000)).rejects.toThrow('aborted')

  expect(leftOver()).toEqual([])
})

test('an upload that is cancelled while it is processed leaves no sample, and can be sent again', async () => {
  const parts: FormFields = [
    ['label', 'cow'],
    ...Array.from({ length: MOST_AT_ONCE + 1 }, (_, i) => ['files', image(i), `${i}.png`] as const),
  ]

  const { body } = await send(parts)
  const cancelled = await ingest.undoUpload({ id: body.id }, { caller })

  expect(cancelled).toMatchObject({ state: 'failed', count: 0, error: expect.stringContaining('cancelled') })
  expect(await samples()).toEqual([])
  expect(leftOver()).toEqual([])
  await send(parts)
  await ingest.idle()
  expect((await samples()).length).toBe(MOST_AT_ONCE + 1)
})

test('an upload whose client disconnects while its few images are processed leaves no sample', async () => {
  const parts: FormFields = [
    ['label', 'cow'],
    ...Array.from({ length: MOST_AT_ONCE }, (_, i) => ['files', image(i), `${i}.png`] as const),
  ]
  const leaving = new AbortController()
  const sending = send(parts, '?classifier=pets', leaving.signal)
  await expect.poll(() => data.uploads.runningBefore('~'), { interval: 1 }).toHaveLength(1)

  leaving.abort()
  const { body } = await sending

  const [report] = (await data.queries.listUploads({ limit: 9 })).uploads
  expect(body.detail).toContain('the connection was closed')
  expect(report).toMatchObject({ state: 'failed', count: 0, error: expect.stringContaining('was closed') })
  expect(await samples()).toEqual([])
  expect(leftOver()).toEqual([])
})

test('an upload that another process works on is cancelled as well', async () => {
  const { body } = await send([
    ['label', 'cow'],
    ...Array.from({ length: 6 * MOST_AT_ONCE }, (_, i) => ['files', image(i), `${i}.png`] as const),
  ])
  await using other = ingestOfProcess()

  const cancelled = await other.undoUpload({ id: body.id }, { caller })

  expect(cancelled).toMatchObject({ state: 'failed', count: 0, error: expect.stringContaining('cancelled') })
  expect(await samples()).toEqual([])
  await ingest.idle()
  expect(leftOver()).toEqual([])
})
