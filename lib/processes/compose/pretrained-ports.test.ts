/** Installing a network of the catalogue from a server of this machine that misbehaves in every way. */
import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { existsSync, readFileSync, statSync, symlinkSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { readBundle } from '#lib/ml/formats/bundle.ts'
import { CATALOGUE, type CatalogueEntry } from '#lib/training/pretrained/catalogue.ts'
import { installNetwork, type NetworkPorts } from '#lib/training/pretrained/install-network.ts'
import { networkPorts } from './pretrained-ports.ts'

const VIT = readFileSync(
  fileURLToPath(new URL('../../training/pretrained/onnx/fixtures/vit.onnx', import.meta.url)),
)
const CHECKSUM = createHash('sha256').update(VIT).digest('hex')
const HALF = 100_000

type Answer = (request: IncomingMessage, response: ServerResponse) => void

/** All of it, or the rest that was requested. */
const whole: Answer = (request, response) => {
  const first = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0)
  const isRest = first > 0 && request.headers['if-range'] === '"vit"'
  const rest = isRest ? VIT.subarray(first) : VIT
  response.writeHead(isRest ? 206 : 200, { etag: '"vit"', 'content-length': rest.length })
  response.end(rest)
}
const broken: Answer = (_request, response) => {
  response.writeHead(200, { etag: '"vit"', 'content-length': VIT.length })
  response.write(VIT.subarray(0, HALF), () => setTimeout(() => response.destroy(), 300))
}

async function server(...answers: readonly Answer[]) {
  const requests: { readonly url: string; readonly range: string | undefined }[] = []
  const http = createServer((request, response) => {
    const answer = answers[Math.min(requests.length, answers.length - 1)]!
    requests.push({ url: request.url ?? '', range: request.headers.range })
    answer(request, response)
  })
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    http.closeAllConnections()
    http.close()
  })
  return { address: `http://127.0.0.1:${(http.address() as AddressInfo).port}`, requests }
}

async function dataDir(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'darkroom-network-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

const entryAt = (address: string, checksums: readonly string[] = [CHECKSUM]): CatalogueEntry => ({
  ...CATALOGUE['dinov2-small'],
  address,
  checksums,
  bytes: VIT.length,
  size: 64,
})

const install = (
  folder: string,
  entry: CatalogueEntry,
  change: Partial<NetworkPorts> & { mirror?: string; from?: string } = {},
) =>
  installNetwork(
    {
      name: 'dinov2-small',
      into: join(folder, 'bodies'),
      downloads: join(folder, 'downloads'),
      defaultFolder: null,
      entry,
      from: change.from,
    },
    {
      ...networkPorts({ mirror: change.mirror, command: 'test', signal: new AbortController().signal }),
      ...change,
    },
  )

const left = (folder: string): string => join(folder, 'downloads', 'backbones', 'dinov2-small')

test('it is downloaded, checked, measured and written as a pretrained network; nothing else is left', async () => {
  const [folder, { address, requests }] = [await dataDir(), await server(whole)]

  const place = await install(folder, entryAt(address))

  const { card, network, preprocess } = await readBundle(join(place, 'v1'))
  expect(requests).toEqual([{ url: '/onnx/model.onnx', range: undefined }])
  expect(network.layers[0]).toMatchObject({ kind: 'graph', reading: 'first-token', length: 32 })
  expect(preprocess).toMatchObject({ size: 64, mean: [0.485, 0.456, 0.406] })
  expect(card).toMatchObject({ title: 'DINOv2 ViT-S/14', recipe: { settings: { sha256: CHECKSUM } } })
  expect(card.recipe.settings['milliseconds_per_image']).toBeGreaterThan(0)
  expect(card.notes[0]).toContain('trained on 142 million photographs')
  expect(existsSync(left(folder))).toBe(false)
})

test('after a lost connection, the next attempt continues where the first ended', async () => {
  const [folder, { address, requests }] = [await dataDir(), await server(broken, whole)]

  await expect(install(folder, entryAt(address))).rejects.toMatchObject({ code: 'bad_data_file' })
  const arrived = statSync(join(left(folder), 'model.onnx.part')).size
  await install(folder, entryAt(address))

  expect(arrived).toBeGreaterThan(0)
  expect(requests.at(-1)).toEqual({ url: '/onnx/model.onnx', range: `bytes=${arrived}-` })
})

test('where the file has changed in between, it is downloaded from the beginning', async () => {
  const changed: Answer = (_request, response) => {
    response.writeHead(200, { etag: '"other"', 'content-length': VIT.length })
    response.end(VIT)
  }
  const [folder, { address, requests }] = [await dataDir(), await server(broken, changed)]

  await install(folder, entryAt(address)).catch(() => undefined)
  const place = await install(folder, entryAt(address))

  expect(requests.map(({ range }) => range !== undefined)).toEqual([false, true])
  expect(existsSync(join(place, 'v1', 'model.onnx'))).toBe(true)
})

test('another file is refused by its checksum, and nothing of it stays', async () => {
  const [folder, { address }] = [await dataDir(), await server(whole)]

  const refusal = install(folder, entryAt(address, ['0'.repeat(64)]))

  await expect(refusal).rejects.toMatchObject({ code: 'bad_data_file' })
  await expect(refusal).rejects.toThrow(`its SHA-256 is ${CHECKSUM.slice(0, 12)}… instead of 000000000000…`)
  expect(existsSync(left(folder))).toBe(false)
  expect(existsSync(join(folder, 'bodies', 'dinov2-small'))).toBe(false)
})

test('where no checksum is known, that of the first download counts from then on', async () => {
  const other: Answer = (_request, response) => response.end(Buffer.concat([VIT, Buffer.from([0x22, 0])]))
  const [folder, { address }] = [await dataDir(), await server(whole, other)]
  await install(folder, entryAt(address, []))

  await expect(install(folder, entryAt(address, []))).rejects.toThrow('which the first download had')

  const pins = await readFile(join(folder, 'bodies', 'checksums.json'), 'utf8')
  expect(JSON.parse(pins)).toEqual({ 'dinov2-small': [CHECKSUM] })
})

test('a mirror takes the place of the maker', async () => {
  const [folder, mirror] = [await dataDir(), await server(whole)]

  await install(folder, entryAt('http://127.0.0.1:9'), { mirror: `${mirror.address}/networks` })

  expect(mirror.requests.map(({ url }) => url)).toEqual(['/networks/dinov2-small/model.onnx'])
})

test('a file on this machine is installed without any request', async () => {
  const folder = await dataDir()
  const from = fileURLToPath(new URL('../../training/pretrained/onnx/fixtures/vit.onnx', import.meta.url))

  const place = await install(folder, entryAt('http://127.0.0.1:9'), { from })

  expect(existsSync(join(place, 'v1', 'backbone.onnx'))).toBe(true)
})

test('when cancelled, it ends at once with what has arrived', async () => {
  const stop = new AbortController()
  const slow: Answer = (_request, response) => {
    response.writeHead(200, { etag: '"vit"', 'content-length': VIT.length })
    response.write(VIT.subarray(0, HALF), () => setTimeout(() => stop.abort(new Error('cancelled')), 50))
  }
  const [folder, { address }] = [await dataDir(), await server(slow)]

  const ports = networkPorts({ mirror: undefined, command: 'test', signal: stop.signal })

  await expect(install(folder, entryAt(address), ports)).rejects.toThrow('cancelled')
  expect(existsSync(join(folder, 'bodies', 'dinov2-small'))).toBe(false)
})

test.runIf(existsSync('/dev/full'))('a full disk is named, and nothing stays', async () => {
  const [folder, { address }] = [await dataDir(), await server(whole)]
  await mkdir(left(folder), { recursive: true })
  symlinkSync('/dev/full', join(left(folder), 'model.onnx.part')) // every write to it fails with ENOSPC

  await expect(install(folder, entryAt(address))).rejects.toMatchObject({
    code: 'disk_full',
    remedy: 'Free up space and try again.',
  })
  expect(existsSync(join(left(folder), 'model.onnx.part'))).toBe(false)
})
