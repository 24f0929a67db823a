/** Imports as their sender sees them, with the real queue; the job itself is done here instead of by the worker. */
import { existsSync, readdirSync, rmSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import type { JobPayloads } from '#lib/domain/jobs.ts'
import { openForTest } from '#lib/data/opened.fakes.ts'
import { createCarryCases } from '../versions/carry-classifiers.ts'
import { teachableExport } from './foreign-network.fakes.ts'
import { form, imports, teachable, type Form } from './import-jobs.fakes.ts'
import { forgetFiles } from './receive-import.ts'

const MIB = 1024 ** 2

/** The file of a classifier without images, as another Darkroom exports it. */
async function exportedClassifier(id: string): Promise<Uint8Array> {
  const { data, folder } = await openForTest()
  await data.classifiers.create({
    ...{ id, title: id, classes: ['Cat', 'Dog'], isMirrorable: true },
    input: { size: 32, channels: 3, fit: 'cover' },
  })
  const { bytes } = await createCarryCases({
    ...{ data, codeVersion: 'test', scratchDir: path.join(folder, 'scratch') },
    ...{ maxUploadBytes: MIB, maxImageBytes: MIB },
    now: () => new Date('2026-11-30T12:00:00Z'),
  }).exportClassifier({ id }, { signal: new AbortController().signal })
  const chunks: Uint8Array[] = []
  for await (const chunk of bytes instanceof Uint8Array ? [bytes] : bytes) chunks.push(chunk)
  return Buffer.concat(chunks)
}

const waitingIn = (dataDir: string): readonly string[] => readdirSync(path.join(dataDir, 'imports'))

test('an export of Teachable Machine becomes a classifier with its labels, whose first version is live', async () => {
  const fixture = await openForTest()
  const { send, work } = imports(fixture)

  const { job } = await send([teachable(['Cat', 'Dog'])], { classifier: 'pets', title: 'Our pets' })
  const done = await work()

  expect(job).toMatchObject({
    state: 'queued',
    kind: 'network',
    classifier: 'pets',
    filename: 'converted.zip',
  })
  expect(done).toMatchObject({
    ...{ state: 'done', progress: 100, classifier: 'pets', model_version: 'v1', is_live: true, error: null },
    message: 'pets v1 was imported and is live.',
  })
  expect(await fixture.data.classifiers.get('pets')).toMatchObject({
    ...{ title: 'Our pets', classes: ['Cat', 'Dog'], input: { size: 8, channels: 3, fit: 'cover' } },
  })
  const { promotion, version } = (await fixture.data.promotions.champion('pets'))!
  expect(promotion).toMatchObject({ by: 'Ada', reason: 'It was imported from converted.zip.' })
  expect(version.classes).toEqual(['Cat', 'Dog'])
})

test('the files of a TensorFlow.js model can be sent one by one', async () => {
  const { send, work } = imports(await openForTest())
  const files = teachableExport(['Cat', 'Dog']).map(({ name, content }) => ['files', name, content] as const)

  const { job } = await send(files, { classifier: 'pets' })

  expect(job.filename).toBe('model.json')
  expect(await work()).toMatchObject({ state: 'done', model_version: 'v1' })
})

test('a network with the same classes becomes the next version, and waits for its promotion', async () => {
  const fixture = await openForTest()
  const { send, work } = imports(fixture)
  await send([teachable(['Cat', 'Dog'])], { classifier: 'pets' })
  await work()

  await send([teachable(['Dog', 'Cat'])], { classifier: 'pets' })
  const second = await work()
  await send([teachable(['Dog', 'Bird'])], { classifier: 'pets' })
  const other = await work()

  expect(second).toMatchObject({ state: 'done', model_version: 'v2', is_live: false })
  expect((await fixture.data.versions.find('pets', 'v2'))?.classes).toEqual(['Dog', 'Cat'])
  expect(other).toMatchObject({
    state: 'failed',
    model_version: null,
    error: expect.stringMatching(
      /the classifier does not have "Bird", and the network does not have "Cat"/,
    ) as string,
  })
  expect(await fixture.data.versions.list('pets')).toHaveLength(2)
})

test.each([
  ['before it noted its result', true],
  ['after it noted its result', false],
])('an attempt that was killed %s does not add a second version', async (_story, isLost) => {
  const fixture = await openForTest()
  const { send, work, dataDir } = imports(fixture)
  fixture.clock.advance(Date.now() - fixture.clock.now() + 60_000)
  await send([teachable(['Cat', 'Dog'])], { classifier: 'pets' })
  const { data, clock } = fixture
  const killed = (await data.jobs.claim('killed', ['import'], clock.now(), 0))!
  await work(1)
  const folder = path.join(dataDir, 'imports', waitingIn(dataDir)[0]!)
  if (isLost) rmSync(path.join(folder, 'result.json'))
  else await forgetFiles(folder)
  // the same job again, as another worker gets it when the lease has expired
  await data.jobs.enqueue('import', killed.payload as JobPayloads['import'], clock.now())
  const again = await work(2)

  expect(again).toMatchObject({ state: 'done', model_version: 'v1', is_live: true })
  expect(await data.versions.list('pets')).toHaveLength(1)
})

test('a whole classifier whose worker was killed after the commit is imported once, and says so', async () => {
  const archive = await exportedClassifier('pets')
  const fixture = await openForTest()
  const { send, work } = imports(fixture)
  const { data, clock } = fixture
  await send([['file', 'pets.zip', archive]])
  const killed = (await data.jobs.claim('killed', ['import'], clock.now(), 0))!
  const first = await work(1)

  // the same job again, as another worker gets it when the lease has expired
  await data.jobs.enqueue('import', killed.payload as JobPayloads['import'], clock.now())
  const again = await work(2)

  expect(first).toMatchObject({ state: 'done', kind: 'classifier', classifier: 'pets' })
  expect(again).toMatchObject({ state: 'done', message: first.message, classifier: 'pets', error: null })
})

test('a network that cannot be read leaves no classifier behind', async () => {
  const fixture = await openForTest()
  const { send, work } = imports(fixture)

  await send([['file', 'model.tflite', Buffer.from('\x1c\0\0\0TFL3\0\0\0\0')]], { classifier: 'pets' })

  expect(await work()).toMatchObject({
    state: 'failed',
    error: expect.stringMatching(/it is a TFLite model/) as string,
  })
  expect(await fixture.data.classifiers.find('pets')).toBeNull()
})

test('an import that waits can be cancelled, and its files are deleted', async () => {
  const { send, cancelImportJob, listImportJobs, dataDir } = imports(await openForTest())
  const { id } = await send([teachable(['Cat', 'Dog'])], { classifier: 'pets' })
  expect(waitingIn(dataDir)).toHaveLength(1)

  const cancelled = await cancelImportJob({ id })

  expect(cancelled).toMatchObject({ state: 'cancelled', message: 'Cancelled; nothing was imported' })
  expect(waitingIn(dataDir)).toEqual([])
  expect((await listImportJobs()).jobs.map((job) => job.state)).toEqual(['cancelled'])
  await expect(cancelImportJob({ id })).rejects.toThrow(/it has already ended/)
})

test('a training run has chosen the number of its version, so nothing is imported meanwhile', async () => {
  const fixture = await openForTest()
  const { send, work } = imports(fixture)
  await send([teachable(['Cat', 'Dog'])], { classifier: 'pets' })
  await work()
  await fixture.data.runs.plan({
    ...{ classifierId: 'pets', recipe: 'head', epochs: 1, seed: 1, baseVersionId: null, message: 'queued' },
    ...{ unseen: 0, plan: {}, entries: [] },
  })

  await send([teachable(['Cat', 'Dog'])], { classifier: 'pets' })

  expect(await work()).toMatchObject({
    state: 'failed',
    error: expect.stringMatching(/pets is being trained/) as string,
  })
})

test.each<[string, Parameters<typeof form>[0], Form, RegExp]>([
  ['no file', [], { classifier: 'pets' }, /the form has no file/],
  ['no classifier', [teachable(['a', 'b'])], {}, /no classifier is named for the network/],
  [
    'an id with spaces',
    [teachable(['a', 'b'])],
    { classifier: 'Our pets' },
    /"classifier" must be lower-case/,
  ],
  [
    'one class',
    [teachable(['a', 'b'])],
    { classifier: 'pets', classes: 'a' },
    /"classes" must be 2 to 1,000/,
  ],
  ['broken JSON', [teachable(['a', 'b'])], { classifier: 'pets', classes: '["a",' }, /"classes" must be 2/],
  ['an unknown range', [teachable(['a', 'b'])], { classifier: 'pets', pixels: '0..2' }, /"pixels"/],
  ['too many bytes', [['file', 'a.h5', new Uint8Array(2 * MIB)]], { classifier: 'pets' }, /larger than 1 MB/],
  [
    'images that are no ZIP',
    [teachable(['a', 'b']), ['calibration', 'a.jpg', Buffer.from('x')]],
    { classifier: 'pets' },
    /"calibration" is not a ZIP archive/,
  ],
  [
    'two files of one name',
    [teachable(['a', 'b']), teachable(['a', 'b'])],
    { classifier: 'pets' },
    /is not valid, or was sent twice/,
  ],
  [
    'a name that leaves its folder',
    [
      ['files', 'model.json', Buffer.from('{}')],
      ['files', '..', Buffer.from('x')],
    ],
    { classifier: 'pets' },
    /is not valid, or was sent twice/,
  ],
])('%s is refused at once, and no file is kept', async (_story, files, fields, words) => {
  const { send, dataDir } = imports(await openForTest())

  await expect(send(files, fields)).rejects.toThrow(words)

  expect(existsSync(path.join(dataDir, 'imports')) ? waitingIn(dataDir) : []).toEqual([])
})

test('more than five at a time are refused', async () => {
  const { send } = imports(await openForTest())
  for (let i = 0; i < 5; i++) await send([teachable(['a', 'b'])], { classifier: `pets-${i}` })

  await expect(send([teachable(['a', 'b'])], { classifier: 'pets' })).rejects.toThrow(
    /5 other imports are waiting or running/,
  )
})
