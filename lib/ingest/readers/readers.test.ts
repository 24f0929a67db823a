import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { SHAPES } from '#lib/domain/drawn-shapes.ts'
import { decode } from '#lib/images/decode.ts'
import { openCifar10 } from './cifar10.ts'
import type { DownloadProgress } from './labelled-image.ts'
import { openMnist } from './mnist.ts'
import {
  serveFiles,
  smallCifar10,
  smallMnist,
  tarFile,
  type Behaviour,
  type Files,
} from './official.fakes.ts'
import { openDataset } from './open-dataset.ts'
import { all, folder, folderForEachTest, limits, image, put, REAL } from './readers.fakes.ts'
import { openShapes } from './shapes.ts'

folderForEachTest()

/** A folder with the six official batch files. */
const REAL_CIFAR10 = resolve(process.env['DARKROOM_REAL_CIFAR10'] ?? join(REAL, 'cifar10'))

test('MNIST is read from its four files, gzipped or plain, in order and in grey', async () => {
  const { parts, files } = smallMnist()
  const plain = Object.fromEntries(
    Object.entries(files).map(([name, bytes]) => [
      name.replace('.gz', '').replace('-idx', '.idx'),
      new Uint8Array(gunzipSync(bytes)),
    ]),
  )
  const dataset = await openMnist({ from: await put(files) }, parts)
  const images = await all(dataset)

  expect([dataset.count, dataset.classes.length]).toEqual([4, 10])
  expect(images.map(({ label, split, path }) => [label, split, path])).toEqual([
    ['5', 'train', 'train-images-idx3-ubyte/0.png'],
    ['0', 'train', 'train-images-idx3-ubyte/1.png'],
    ['9', 'train', 'train-images-idx3-ubyte/2.png'],
    ['7', 'test', 't10k-images-idx3-ubyte/0.png'],
  ])
  const second = await decode(images[1]!.bytes, limits)
  expect([second.width, second.height, ...second.data.subarray(0, 6)]).toEqual([
    28,
    28,
    ...[0, 0, 0, 1, 1, 1].map((i) => ((784 + i) * 11) % 256),
  ])
  expect(await all(await openMnist({ from: await put(plain, join(folder, 'plain')) }, parts))).toEqual(images)
})

test.each<[string, (files: Files) => void, string]>([
  [
    'is cut',
    (files) => (files['train-images-idx3-ubyte.gz'] = files['train-images-idx3-ubyte.gz']!.subarray(0, 90)),
    'truncated',
  ],
  [
    'is a page',
    (files) => (files['train-images-idx3-ubyte.gz'] = new TextEncoder().encode('<html>404</html>')),
    'an HTML page',
  ],
  [
    'has one wrong byte',
    (files) => (files['t10k-labels-idx1-ubyte.gz'] = gzipSync(Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 1, 8))),
    'SHA-256',
  ],
  ['is not there', (files) => delete files['t10k-labels-idx1-ubyte.gz'], 'missing'],
])('an MNIST file that %s is refused before any image is returned', async (_story, spoil, output) => {
  const { parts, files } = smallMnist()
  spoil(files)

  await expect(openMnist({ from: await put(files) }, parts)).rejects.toMatchObject({
    code: 'bad_data_file',
    message: expect.stringContaining(output),
  })
})

test('CIFAR-10 is read from a folder, from its folder’s parent and from any archive of it', async () => {
  const { pins, files, archive } = smallCifar10()
  const inFolder = await all(
    await openCifar10({ from: await put(files, join(folder, 'cifar-10-batches-bin')) }, pins),
  )
  await put({ 'again.tar.gz': archive, 'again.tar': tarFile({ ...files, 'more.txt': new Uint8Array(3000) }) })

  expect(inFolder.map(({ label, split, path }) => [label, split, path])).toEqual([
    ['cat', 'train', 'data_batch_1/0.png'],
    ['ship', 'train', 'data_batch_1/1.png'],
    ['truck', 'test', 'test_batch/0.png'],
  ])
  expect([...(await decode(inFolder[2]!.bytes, limits)).data.subarray(0, 6)]).toEqual([
    10, 102, 204, 11, 103, 205,
  ])
  for (const from of [folder, join(folder, 'again.tar.gz'), join(folder, 'again.tar')])
    expect(await all(await openCifar10({ from }, pins))).toEqual(inFolder)
})

test.each<[string, (good: ReturnType<typeof smallCifar10>) => Uint8Array, string]>([
  ['is truncated', ({ archive }) => archive.subarray(0, archive.length - 60), 'truncated'],
  ['is a text file', () => new TextEncoder().encode('404 not found. '.repeat(100)), 'another file'],
  [
    'lacks a batch',
    ({ files }) => tarFile({ 'data_batch_1.bin': files['data_batch_1.bin']! }),
    'test_batch.bin is missing',
  ],
  [
    'has a batch of another size',
    ({ files }) => tarFile({ ...files, 'test_batch.bin': new Uint8Array(5) }),
    '5 bytes instead of 3073',
  ],
  [
    'has a changed pixel',
    ({ files }) => tarFile({ ...files, 'test_batch.bin': files['test_batch.bin']!.with(99, 0) }),
    'SHA-256',
  ],
])('a CIFAR-10 archive that %s is refused before any image is returned', async (_story, make, output) => {
  const good = smallCifar10()
  await put({ 'a.tar.gz': make(good) })

  await expect(openCifar10({ from: join(folder, 'a.tar.gz') }, good.pins)).rejects.toMatchObject({
    code: 'bad_data_file',
    message: expect.stringContaining(output),
  })
})

test('a downloaded file is checked, stored, and not downloaded again', async () => {
  const { parts, files } = smallMnist()
  await using server = await serveFiles(files)
  const reports: DownloadProgress[] = []
  const opening = {
    downloads: join(folder, 'downloads'),
    mirror: `${server.url}/`,
    onProgress: (progress: DownloadProgress) => reports.push(progress),
  }

  expect(await all(await openMnist(opening, parts))).toHaveLength(4)
  expect(await all(await openMnist(opening, parts))).toHaveLength(4)
  expect(server.requested.toSorted()).toEqual(Object.keys(files).toSorted())
  expect(reports.at(-1)).toMatchObject({
    file: 't10k-labels-idx1-ubyte.gz',
    secondsLeft: 0,
    bytes: files['t10k-labels-idx1-ubyte.gz']!.length,
  })
  expect((await readdir(join(folder, 'downloads'))).toSorted()).toEqual(Object.keys(files).toSorted())
})

test.each<[string, Behaviour, (files: Files) => void, string]>([
  ['does not have the file', 'honest', (files) => delete files['cifar-10-binary.tar.gz'], 'returned 404'],
  [
    'has another file',
    'honest',
    (files) => (files['cifar-10-binary.tar.gz'] = gzipSync(new Uint8Array(3000).fill(7))),
    'another file',
  ],
  ['closes the connection halfway', 'cut', () => undefined, ''],
  ['sends without end', 'endless', () => undefined, 'sent more than'],
])(
  'a server that %s is named in the error, and no file is left',
  async (_story, behaviour, spoil, output) => {
    const { pins, archive } = smallCifar10()
    const files = { 'cifar-10-binary.tar.gz': archive }
    spoil(files)
    await using server = await serveFiles(files, () => behaviour)

    await expect(openCifar10({ downloads: folder, mirror: server.url }, pins)).rejects.toMatchObject({
      code: 'bad_data_file',
      message: expect.stringMatching(new RegExp(`127.0.0.1:\\d+: .*${output}.*--from`)),
    })
    expect(await readdir(folder)).toEqual([])
  },
)

test('the second address is used when the first one fails', async () => {
  const { parts, files } = smallMnist()
  let first = true
  await using server = await serveFiles(files, () => (first ? ((first = false), 'cut') : 'honest'))
  const twice = parts.map((part) => ({
    ...part,
    images: {
      ...part.images,
      urls: [`${server.url}/${part.images.name}`, `${server.url}/${part.images.name}`],
    },
    labels: { ...part.labels, urls: [`${server.url}/${part.labels.name}`] },
  }))

  expect(await all(await openMnist({ downloads: folder }, twice))).toHaveLength(4)
})

test('a download that is cancelled stops at once and leaves no file', async () => {
  const { pins, archive } = smallCifar10()
  const stop = new AbortController()
  await using server = await serveFiles(
    { 'cifar-10-binary.tar.gz': archive },
    () => (setImmediate(() => stop.abort()), 'silent'),
  )

  await expect(
    openCifar10({ downloads: folder, mirror: server.url, signal: stop.signal }, pins),
  ).rejects.toMatchObject({ name: 'AbortError' })
  expect(await readdir(folder)).toEqual([])
})

test.each([
  ['a set without folders', 'bad_data_file', { '1.png': image }],
  ['a missing set', 'bad_archive', null],
])('%s is refused', async (_story, code, files) => {
  const from = files === null ? join(await put({ 'a.zip': image }), 'a.zip') : await put(files)

  await expect(openDataset('my-cats', { from })).rejects.toMatchObject({ code })
})

test('an unknown name and a missing path are stated in the error', async () => {
  await expect(openDataset('my-cats')).rejects.toMatchObject({
    code: 'invalid_input',
    message: expect.stringContaining('--from'),
  })
  await expect(openDataset('my-cats', { from: join(folder, 'nothing') })).rejects.toMatchObject({
    code: 'bad_data_file',
    message: expect.stringContaining('no such file'),
  })
  await expect(openDataset('mnist', { from: join(folder, 'nothing') })).rejects.toMatchObject({
    code: 'bad_data_file',
  })
})

test('shapes are created evenly, and no test image is a training image', async () => {
  const dataset = openShapes({ train: 6, test: 3 })
  const images = await all(dataset)

  expect([dataset.count, images.length, dataset.classes]).toEqual([54, 54, SHAPES])
  expect(new Set(images.map(({ bytes }) => Buffer.from(bytes).toString('base64'))).size).toBe(54)
  for (const shape of SHAPES)
    expect(images.filter(({ label, split }) => label === shape && split === 'test')).toHaveLength(3)
})

test('while images are read from memory the event loop stays responsive, and cancelling stops it', async () => {
  const stop = new AbortController()
  setImmediate(() => stop.abort())

  await expect(all(openShapes({ train: 200, test: 0 }, stop.signal))).rejects.toMatchObject({
    name: 'AbortError',
  })
})

test.runIf(existsSync(join(REAL, 'mnist')))(
  'the official MNIST files have 60,000 and 10,000 digits',
  async () => {
    const dataset = await openDataset('mnist', { from: join(REAL, 'mnist') })
    const perDigit = new Array<number>(10).fill(0)
    let train = 0
    for await (const { label, split } of dataset.images) {
      perDigit[Number(label)]! += 1
      if (split === 'train') train += 1
    }

    expect([dataset.count, train]).toEqual([70_000, 60_000])
    // 5923+980, 6742+1135, … as published
    expect(perDigit).toEqual([6903, 7877, 6990, 7141, 6824, 6313, 6876, 7293, 6825, 6958])
  },
)

test.runIf(existsSync(join(REAL_CIFAR10, 'test_batch.bin')))(
  'the official CIFAR-10 batches are recognised and start with a frog',
  async () => {
    const { count, images } = await openDataset('cifar10', { from: REAL_CIFAR10 })
    const first = await images[Symbol.asyncIterator]().next()

    expect(count).toBe(60_000)
    expect(first.value).toMatchObject({ label: 'frog', split: 'train' })
  },
)
