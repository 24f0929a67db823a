import { createHash } from 'node:crypto'
import path from 'node:path'
import { crc32 } from 'node:zlib'
import { expect, test } from 'vitest'
import { zipFile } from '#lib/archive/zip-file.fakes.ts'
import { forgetSurroundings } from '#lib/data/opened.fakes.ts'
import { encodePng } from '#lib/images/write-png.ts'
import { createRandom } from '#lib/ml/random.ts'
import { checkImages } from './check-images.ts'
import { arrivals, data, ingestForEachTest, send, sizeOf, text } from './upload.fakes.ts'

ingestForEachTest()

const SIDE = 40
/** Noise: sharp, neither dark nor light, and unlike any other. */
const levels = (seed: number): Uint8Array => {
  const random = createRandom(seed)
  return Uint8Array.from({ length: SIDE * SIDE }, () => 30 + Math.floor(200 * random()))
}
const coloured = (grey: Uint8Array): Uint8Array =>
  encodePng({
    width: SIDE,
    height: SIDE,
    data: Uint8Array.from([...grey].flatMap((level) => [level, level, level])),
  })
/** Other bytes, the same pixels: a chunk `tEXt` before the 12 bytes of `IEND`. */
function withComment(png: Uint8Array): Uint8Array {
  const content = Buffer.from('tEXtComment\0copy')
  const chunk = Buffer.alloc(content.length + 8)
  chunk.writeUInt32BE(content.length - 4)
  content.copy(chunk, 4)
  chunk.writeUInt32BE(crc32(content), content.length + 4)
  return Buffer.concat([png.subarray(0, -12), chunk, png.subarray(-12)])
}
const noise = (seed: number): Uint8Array => coloured(levels(seed))
const folder = (name: string, seeds: readonly number[]) =>
  seeds.map((seed) => ({ name: `${name}/${seed}.png`, content: noise(seed) }))
const seeds = (from: number, count: number): readonly number[] =>
  Array.from({ length: count }, (_, i) => from + i)

const UNKNOWN = { probabilities: null, distances: null }
const check = (learned = UNKNOWN) =>
  checkImages('pets', { ...data, sizeOf, learned: async () => learned }, new AbortController().signal)
type ListInput = { kind?: 'dark'; upload?: string; dismissed?: boolean; limit?: number; cursor?: string }
const list = (input: ListInput = {}) => data.queries.listFindings({ classifier: 'pets', limit: 50, ...input })

async function uploadFaulty(): Promise<string> {
  const zip = zipFile([
    ...folder('cat', seeds(0, 24)),
    ...folder('dog', seeds(100, 24)),
    { name: 'cat/black.png', content: coloured(new Uint8Array(SIDE * SIDE)) },
    { name: 'dog/copy.png', content: withComment(noise(0)) },
    { name: 'cat/two.png', content: noise(500) },
    { name: 'dog/two.png', content: noise(500) },
    { name: 'cat/text.png', content: text('hello') },
  ])
  const { body } = await send([['files', zip, 'a.zip']])
  return body.id
}

test('an upload with faults is reported by kind, with its images and what helps', async () => {
  await uploadFaulty()

  await check()

  const { findings, kinds, report } = await list()
  expect(report).toMatchObject({ state: 'done', images: 50, unknown: ['mislabelled', 'outlier', 'shortcut'] })
  expect(kinds.map(({ kind, count }) => `${kind} ${count}`)).toEqual([
    'label_conflict 1',
    'duplicate_other_class 1',
    'unreadable 1',
    'dark 1',
    'low_information 1',
  ])
  const [conflict, duplicate, , dark] = findings
  expect(conflict).toMatchObject({
    labels: ['cat', 'dog'],
    remedies: ['relabel'],
    samples: [{ is_excluded: true }],
  })
  expect(duplicate!.samples.map(({ filename }) => filename)).toEqual(['cat/0.png', 'dog/copy.png'])
  expect(dark).toMatchObject({
    severity: 1,
    remedies: ['exclude', 'dismiss'],
    samples: [{ filename: 'cat/black.png', label: 'cat' }],
  })
})

test('a finding ends when its image is excluded, and is back when that is undone', async () => {
  await uploadFaulty()
  await check()
  const [dark] = (await list({ kind: 'dark' })).findings

  const { change } = await data.sampleChanges.change(
    { kind: 'ids', ids: [dark!.samples[0]!.id] },
    { isExcluded: true },
    'ann',
  )
  expect((await list({ kind: 'dark' })).findings).toEqual([])

  await data.sampleChanges.undo(change!.id, { by: 'ann', skipConflicts: false })
  expect((await list({ kind: 'dark' })).findings).toHaveLength(1)
})

test('a dismissed finding is not listed by later checks, until its image is relabelled', async () => {
  await uploadFaulty()
  await check()
  const ids = (await list({ kind: 'dark' })).findings[0]!.samples.map(({ id }) => id)
  const dark = { kind: 'dark', samples: ids } as const

  expect(await data.findings.dismiss('pets', { ...dark, by: 'ann' })).toBe(1)
  expect(await data.findings.dismiss('pets', { ...dark, by: 'ann' })).toBe(0)
  await check()
  expect(await list({ kind: 'dark' })).toMatchObject({ findings: [], dismissed: 1 })
  expect((await list({ kind: 'dark', dismissed: true })).findings).toHaveLength(1)
  const filter = { classifierId: 'pets', finding: 'dark' } as const
  const edit = { isExcluded: true }
  expect(await data.sampleChanges.change({ kind: 'filter', ...filter }, edit, 'ann')).toMatchObject({
    changed: 0,
  })

  await data.sampleChanges.change({ kind: 'ids', ids }, { label: 'dog' }, 'ann')
  expect((await list({ kind: 'dark' })).findings).toHaveLength(1)
  await data.findings.dismiss('pets', { ...dark, by: 'ann' })
  expect(await data.findings.reopen('pets', dark)).toBe(1)
  expect((await list({ kind: 'dark' })).findings).toHaveLength(1)
})

test('a finding of another classifier is not dismissed', async () => {
  await uploadFaulty()
  await check()
  const samples = (await list({ kind: 'dark' })).findings[0]!.samples.map(({ id }) => id)

  expect(await data.findings.dismiss('another', { kind: 'dark', samples, by: 'ann' })).toBe(0)
  expect((await list({ kind: 'dark' })).findings).toHaveLength(1)
})

test('images that have no figures yet get them, and damaged ones are left out', async () => {
  const upload = await data.uploads.begin('pets')
  const stored = [noise(1), coloured(new Uint8Array(SIDE * SIDE)), text('no image')]
  await data.samples.add(
    'pets',
    stored.map((bytes, i) => ({
      image: {
        hash: createHash('sha256').update(bytes).digest('hex'),
        bytes,
        width: SIDE,
        height: SIDE,
        mediaType: 'image/png',
      },
      label: 'cat',
      split: 'train' as const,
      isSplitGiven: false,
      source: 'upload' as const,
      uploadId: upload.id,
      filename: `${i}.png`,
    })),
  )
  await data.uploads.change(upload.id, { state: 'done' })

  await check()

  expect((await list({ kind: 'dark' })).findings.map(({ samples }) => samples[0]!.filename)).toEqual([
    '1.png',
  ])
  const { done, total } = (await list()).report
  expect([done, total]).toEqual([3, 3])
  const remaining = await data.findings.withoutFigures('pets', { after: '', limit: 10 })
  expect(remaining).toHaveLength(1)
})

test('images whose figures an older program stored get what is missing, and are counted once', async () => {
  await uploadFaulty()
  forgetSurroundings(path.join(arrivals(), '..', 'darkroom.db'))

  await check()

  const { done, total } = (await list()).report
  expect([done, total]).toEqual([50, 50])
  expect((await data.findings.samplesOf('pets')).every(({ surroundings }) => surroundings !== null)).toBe(
    true,
  )
})

test('findings come in pages, and those of one upload alone', async () => {
  const first = await uploadFaulty()
  const { body } = await send([
    ['label', 'cat'],
    [
      'files',
      encodePng({ width: SIDE, height: SIDE, data: new Uint8Array(SIDE * SIDE * 3).fill(255) }),
      'white.png',
    ],
  ])
  await check()

  const page = await list({ limit: 2 })
  const rest = await list({ limit: 50, cursor: page.next_cursor! })
  const all = await list()
  expect([...page.findings, ...rest.findings]).toEqual(all.findings)

  const ofSecond = await list({ upload: body.id })
  expect(ofSecond.findings.map(({ kind }) => kind)).toEqual(['light', 'low_information'])
  expect((await list({ upload: first })).findings.map(({ kind }) => kind)).toContain('dark')
})

test('one check waits at a time', async () => {
  const before = await data.findings.request('pets')
  await data.findings.request('pets')

  const claimed = [
    await data.jobs.claim('worker', ['findings'], Date.now() + 1, 1000),
    await data.jobs.claim('worker', ['findings'], Date.now() + 1, 1000),
  ]
  expect(before.state).toBe('queued')
  expect(claimed.map((job) => job?.payload ?? null)).toEqual([{ classifierId: 'pets' }, null])
})

test('a check that is cancelled while it waits is not made, and the findings of the last one stay', async () => {
  await check()
  const { report: before, kinds } = await list()
  await data.findings.request('pets')

  await data.findings.cancel('pets')

  expect(await data.jobs.claim('worker', ['findings'], Date.now() + 1, 1000)).toBeNull()
  expect(await list()).toMatchObject({ report: before, kinds })
  expect(await data.findings.isChecking('pets')).toBe(false)
})

test('a check that is cancelled while it runs is stopped, and another one can be requested at once', async () => {
  await data.findings.request('pets')
  const job = await data.jobs.claim('worker', ['findings'], Date.now() + 1, 1000)
  await data.findings.cancel('pets')
  await data.findings.begin('pets') // the worker had not heard of it
  const again = await data.findings.request('pets')
  await data.findings.stopped('pets')

  expect(await data.jobs.isCancelRequested(job!.id)).toBe(true)
  expect(again.state).toBe('queued')
  expect((await list()).report.state).toBe('queued')
  expect(await data.jobs.claim('worker', ['findings'], Date.now() + 1, 1000)).not.toBeNull()
})

test('a first check that was cancelled leaves the images as never checked', async () => {
  await data.findings.request('pets')
  await data.jobs.claim('worker', ['findings'], Date.now() + 1, 1000)
  await data.findings.begin('pets')

  await data.findings.stopped('pets')

  expect((await list()).report).toMatchObject({ state: 'none', computed_at: null })
})

test('images that are added while a check runs ask for another one', async () => {
  await data.findings.request('pets')
  await data.jobs.claim('worker', ['findings'], Date.now() + 1, 1000)
  const samplesOf: typeof data.findings.samplesOf = async (classifierId) => {
    const before = await data.findings.samplesOf(classifierId)
    await data.findings.request('pets')
    return before
  }

  const ports = { ...data, findings: { ...data.findings, samplesOf }, sizeOf, learned: async () => UNKNOWN }
  await checkImages('pets', ports, new AbortController().signal)

  expect((await list()).report.state).toBe('queued')
  expect(await data.jobs.claim('worker', ['findings'], Date.now() + 1, 1000)).not.toBeNull()
})
