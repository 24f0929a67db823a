import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { copyFile, mkdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import type { JobPayloads } from '#lib/domain/jobs.ts'
import type { Part } from '#lib/contracts/contract.ts'
import { createNetworkCases, type NetworkCaseParts } from './network-cases.ts'
import type { NetworkPorts } from './install-network.ts'
import { addUpload, examineUpload } from './onnx/add-upload.ts'
import { smallGraph } from './onnx/graphs.fakes.ts'
import { inspectOnnx } from './onnx/inspect-onnx.ts'
import { saveOnnx } from './onnx/save-onnx.ts'
import { INSPECTING, ORIGIN, savedVit, VIT } from './onnx/vit.fakes.ts'
import { onnxBytes } from '#lib/ml/onnx/writer.ts'

type LatestJob = NonNullable<Awaited<ReturnType<NetworkCaseParts['data']['jobs']['latest']>>>

/** A queue that remembers its last job. */
function product() {
  const dataDir = mkdtempSync(join(tmpdir(), 'darkroom-networks-'))
  onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }))
  const folder = join(dataDir, 'bodies')
  let job: LatestJob | null = null
  const end = (change: Partial<LatestJob>): void => {
    job = job && { ...job, ...change }
  }
  const cases = createNetworkCases({
    data: {
      jobs: {
        latest: async () => job,
        enqueue: async (kind, payload) => {
          job = {
            id: 'job-1',
            kind,
            payload,
            state: 'queued',
            attempt: 1,
            result: null,
            error: null,
            createdAt: new Date(0),
            endedAt: null,
          }
          return 'job-1'
        },
        requestCancel: async () => {
          end({ state: 'cancelled' })
          return 'cancelled'
        },
      },
    },
    folder,
    pretrainedDir: join(dataDir, 'pretrained'),
    downloads: join(dataDir, 'downloads'),
    now: () => new Date(0),
  })
  const payload = (): JobPayloads['backbone'] => job!.payload as JobPayloads['backbone']
  return { cases, folder, end, payload }
}

const ports: NetworkPorts = {
  fetchFile: () => Promise.reject(new Error('nothing is downloaded here')),
  openEngine: () => Promise.reject(new Error('no engine is needed')),
  inspect: (path, options) => inspectOnnx(path, options, INSPECTING),
  save: saveOnnx,
  origin: ORIGIN,
  signal: new AbortController().signal,
}

async function* form(bytes: Uint8Array, fields: Readonly<Record<string, string>> = {}): AsyncGenerator<Part> {
  for (const [name, value] of Object.entries(fields)) yield { kind: 'field', name, value }
  yield { kind: 'file', name: 'file', filename: 'mine.onnx', bytes: once(bytes) }
}
async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}

test('the catalogue is offered with its facts; one that is downloading shows it, and can be cancelled', async () => {
  const { cases, payload } = product()

  const before = await cases.listBackbones()
  await cases.downloadBackbone({ id: 'dinov2-small' })
  const during = await cases.listBackbones()
  const second = cases.downloadBackbone({ id: 'mobilenet-v2-035' })

  expect(before.networks.map(({ name, state }) => [name, state])).toContainEqual([
    'dinov2-small',
    'available',
  ])
  expect(before.networks.find(({ name }) => name === 'dinov2-small')).toMatchObject({
    title: 'DINOv2 ViT-S/14',
    license: 'Apache-2.0',
    host: 'huggingface.co',
    size_bytes: 88_600_000,
    is_onnx: true,
  })
  expect(payload()).toEqual({ network: 'dinov2-small' })
  expect(during.networks.find(({ name }) => name === 'dinov2-small')).toMatchObject({ state: 'queued' })
  await expect(second).rejects.toMatchObject({ code: 'already_running' })
  expect(await cases.removeBackbone({ id: 'dinov2-small' })).toMatchObject({
    message: 'The download was cancelled.',
  })
})

test('an uploaded file is examined, its features are shown, and the chosen ones are added', async () => {
  const { cases, folder, end, payload } = product()
  const bytes = onnxBytes(smallGraph({}))

  await cases.uploadBackbone({ parts: form(bytes, { normalisation: '0..1' }) })
  const examining = (await cases.listBackbones()).upload
  await examineUpload(folder, ports)
  end({ state: 'done' })
  const { upload } = await cases.listBackbones()
  const choice = upload!.choices[0]!
  await cases.addBackbone({ name: 'mine', value: choice.value, reading: choice.reading })
  const { upload: added } = payload()
  await addUpload(folder, added as Exclude<typeof added, 'examine' | undefined>, ports)
  end({ state: 'done' })

  expect(examining).toMatchObject({ file: 'mine.onnx', state: 'queued', choices: [] })
  expect(upload).toMatchObject({ state: 'ready', input_size: 32, normalisation: '0..1' })
  expect(choice).toMatchObject({ reading: 'vector', features: 6 })
  expect(choice.agreement).toBeGreaterThanOrEqual(0)
  const list = await cases.listBackbones()
  expect(list.upload).toBeNull()
  expect(list.networks.find(({ name }) => name === 'mine')).toMatchObject({
    state: 'installed',
    features: 6,
    is_onnx: true,
    is_removable: true,
  })
})

test('a file that cannot be used says why, and can be discarded', async () => {
  const { cases, folder, end } = product()

  await cases.uploadBackbone({ parts: form(onnxBytes(smallGraph({ sides: [1, 3, 32, 64] }))) })
  await examineUpload(folder, ports)
  end({ state: 'done' })

  const { upload } = await cases.listBackbones()
  expect(upload).toMatchObject({ state: 'failed' })
  expect(upload!.message).toContain('its input "image" is 64 × 32, and only square images are supported')
  await cases.discardBackbone()
  expect((await cases.listBackbones()).upload).toBeNull()
})

test('of two files that arrive at the same time, the first to be complete is examined', async () => {
  const { cases, folder } = product()
  const slow = Promise.withResolvers<void>()
  async function* slowly(): AsyncGenerator<Part> {
    yield { kind: 'file', name: 'file', filename: 'slow.onnx', bytes: halves() }
  }
  async function* halves(): AsyncGenerator<Uint8Array> {
    yield new Uint8Array(10)
    await slow.promise
    yield new Uint8Array(10)
  }

  const first = cases.uploadBackbone({ parts: slowly() })
  await cases.uploadBackbone({ parts: form(onnxBytes(smallGraph({}))) })
  slow.resolve()

  await expect(first).rejects.toMatchObject({ code: 'already_running' })
  await examineUpload(folder, ports)
  expect((await cases.listBackbones()).upload).toMatchObject({ file: 'mine.onnx' })
  expect(readdirSync(folder)).toEqual(['.upload'])
  expect(readdirSync(join(folder, '.upload')).sort()).toEqual([
    'file.onnx',
    'inspection.json',
    'request.json',
  ])
})

test.each<[string, Readonly<Record<string, string>>]>([
  ['a size that is no number', { size: 'large' }],
  ['an unknown normalisation', { normalisation: 'mine' }],
])('%s is refused', async (_, fields) => {
  const { cases } = product()

  await expect(cases.uploadBackbone({ parts: form(new Uint8Array(4), fields) })).rejects.toMatchObject({
    code: 'invalid_input',
  })
})

test('a removed network is gone; the name of a known one cannot be taken', async () => {
  const { cases, folder } = product()
  await mkdir(folder, { recursive: true })
  await savedVit(folder)
  await copyFile(VIT, join(folder, 'unrelated.onnx'))

  await cases.removeBackbone({ id: 'vit' })

  expect((await cases.listBackbones()).networks.map(({ name }) => name)).not.toContain('vit')
  await expect(cases.removeBackbone({ id: 'vit' })).rejects.toMatchObject({ code: 'not_found' })
  await expect(
    cases.addBackbone({ name: 'dinov2-small', value: 'x', reading: 'vector' }),
  ).rejects.toMatchObject({ code: 'not_found' })
})
