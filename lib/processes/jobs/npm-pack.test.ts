/** `npm pack` against a registry of this test: npm's own settings decide where a package comes from. */
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import { drawnPackage } from '#lib/training/pretrained/package.fakes.ts'
import { fetchBackbone } from './backbone-job.ts'
import { npmPack } from './npm-pack.ts'
import { ROOT } from '../settings.ts'

const genuine = drawnPackage()
let registry: Server
let requests: string[]
let tarball: Uint8Array | null
let isSilent: boolean

beforeEach(async () => {
  requests = []
  tarball = genuine.bytes
  isSilent = false
  registry = createServer((request, response) => {
    requests.push(request.url ?? '')
    if (isSilent) return
    const { port } = registry.address() as AddressInfo
    if (request.url === '/drawn-backbone')
      response.end(
        JSON.stringify({
          name: 'drawn-backbone',
          'dist-tags': { latest: '1.0.0' },
          versions: {
            '1.0.0': {
              name: 'drawn-backbone',
              version: '1.0.0',
              dist: {
                tarball: `http://127.0.0.1:${port}/drawn-backbone.tgz`,
                integrity: genuine.about.integrity,
              },
            },
          },
        }),
      )
    else if (request.url === '/drawn-backbone.tgz' && tarball) response.end(tarball)
    else response.writeHead(404).end('{"error":"not found"}')
  }).listen(0, '127.0.0.1')
  await once(registry, 'listening')
  const { port } = registry.address() as AddressInfo
  vi.stubEnv('npm_config_registry', `http://127.0.0.1:${port}/`)
  vi.stubEnv('npm_config_fetch_retries', '0')
  vi.stubEnv('npm_config_cache', folderOf())
})
afterEach(async () => {
  vi.unstubAllEnvs()
  registry.closeAllConnections()
  await new Promise((resolve) => registry.close(resolve))
})

function folderOf(): string {
  const folder = mkdtempSync(join(tmpdir(), 'darkroom-npm-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}
const never = new AbortController().signal

test('the package comes from the registry that npm is set to, byte for byte', async () => {
  const file = await npmPack('drawn-backbone@1.0.0', folderOf(), never)

  expect(readFileSync(file).equals(genuine.bytes)).toBe(true)
  expect(new Set(requests)).toEqual(new Set(['/drawn-backbone', '/drawn-backbone.tgz']))
})

test('a package that the registry does not have is reported with npm’s message', async () => {
  await expect(npmPack('no-such-package@1.0.0', folderOf(), never)).rejects.toMatchObject({
    code: 'bad_data_file',
    why: expect.stringMatching(/npm cannot provide no-such-package@1\.0\.0 \(404 Not Found/),
  })
})

test('an unreachable registry is reported, and a later try works', async () => {
  const folder = folderOf()
  vi.stubEnv('npm_config_registry', 'http://127.0.0.1:9/')

  await expect(npmPack('drawn-backbone@1.0.0', folder, never)).rejects.toMatchObject({
    why: expect.stringContaining('ECONNREFUSED'),
  })

  vi.stubEnv('npm_config_registry', `http://127.0.0.1:${(registry.address() as AddressInfo).port}/`)
  await npmPack('drawn-backbone@1.0.0', folder, never)
  expect(readdirSync(folder)).toEqual(['drawn-backbone-1.0.0.tgz'])
})

test('cancelling ends npm', async () => {
  isSilent = true
  const stop = new AbortController()
  const packing = npmPack('drawn-backbone@1.0.0', folderOf(), stop.signal)
  await expect.poll(() => requests.length, { timeout: 20_000 }).toBeGreaterThan(0)

  stop.abort()

  await expect(packing).rejects.toThrow(/abort/i)
})

test('the whole way: fetched, checked and put in place; bytes changed on the way leave nothing', async () => {
  const into = folderOf()
  const fetching = {
    into,
    modelsDir: join(ROOT, 'models'),
    command: 'test',
    signal: never,
    about: genuine.about,
  }
  tarball = Uint8Array.from(genuine.bytes)
  tarball[1000]! ^= 1
  await expect(fetchBackbone(fetching)).rejects.toMatchObject({ code: 'bad_data_file' })
  expect(readdirSync(into)).toEqual([])

  tarball = genuine.bytes
  await fetchBackbone(fetching)
  expect(readdirSync(join(into, 'mobilenet-v3-small')).sort()).toEqual(['LICENSE', 'NOTICE', 'v1'])
})
