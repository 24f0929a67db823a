import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { readBundle } from '#lib/ml/formats/bundle.ts'
import { featureLength } from '#lib/ml/network/network.ts'
import type { BackbonePackage } from './backbone-package.ts'
import { installBackbone, type InstallParts } from './install-backbone.ts'
import { drawnPackage, WEIGHTS_NAME } from './package.fakes.ts'

const OWN = fileURLToPath(new URL('../../../models/backbone/v1', import.meta.url))

function place(): string {
  const folder = mkdtempSync(join(tmpdir(), 'darkroom-backbone-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** A registry whose answer is these bytes. */
const giving =
  (bytes: Uint8Array): InstallParts['fetchPackage'] =>
  async (folder) => {
    const file = join(folder, 'package.tgz')
    writeFileSync(file, bytes)
    return file
  }

const parts = (
  into: string,
  { bytes, about }: { readonly bytes: Uint8Array; readonly about: BackbonePackage },
  change: Partial<InstallParts> = {},
): InstallParts => ({
  about,
  into,
  fetchPackage: giving(bytes),
  origin: { ownFolder: OWN, command: 'test', codeVersion: '0', machine: 'a machine', now: new Date(0) },
  signal: new AbortController().signal,
  ...change,
})

const genuine = drawnPackage()

test('the network, its licence and its notice are put in place, and nothing else of the package', async () => {
  const into = place()

  const folder = await installBackbone(parts(into, genuine))

  expect(readdirSync(into)).toEqual(['mobilenet-v3-small'])
  expect(readdirSync(folder).sort()).toEqual(['LICENSE', 'NOTICE', 'v1'])
  expect(readFileSync(join(folder, 'NOTICE'), 'utf8')).toBe('the notice')
  const { network, preprocess } = await readBundle(join(folder, 'v1'))
  expect(featureLength(network)).toBe(384 + 48 + 96 + 576)
  expect(preprocess).toMatchObject({ size: 224, channels: 3 })
})

test('one that was installed before is replaced whole', async () => {
  const into = place()
  const folder = await installBackbone(parts(into, genuine))
  writeFileSync(join(folder, 'leftover'), '')

  await installBackbone(parts(into, genuine))

  expect(readdirSync(folder).sort()).toEqual(['LICENSE', 'NOTICE', 'v1'])
})

const flipped = Uint8Array.from(genuine.bytes)
flipped[flipped.length >> 1]! ^= 1
const without = drawnPackage({ [`weights/${WEIGHTS_NAME}`]: '' })
const unlicensed = drawnPackage()

test.each<[string, { bytes: Uint8Array; about: BackbonePackage }, string]>([
  ['one flipped bit', { ...genuine, bytes: flipped }, 'the checksum of the package does not match'],
  ['a package that is cut off', { ...genuine, bytes: genuine.bytes.subarray(0, -9) }, 'bytes instead of'],
  ['other weights in an expected package', without, `the checksum of ${WEIGHTS_NAME} does not match`],
  [
    'a package without the file',
    {
      ...unlicensed,
      about: { ...unlicensed.about, weights: { ...unlicensed.about.weights, file: 'other.gguf' } },
    },
    'the package has no file other.gguf',
  ],
])('%s is refused, and the one installed before stays', async (_, offered, why) => {
  const into = place()
  await installBackbone(parts(into, genuine))

  await expect(installBackbone(parts(into, offered))).rejects.toMatchObject({
    code: 'bad_data_file',
    why: expect.stringContaining(why),
  })

  expect(readdirSync(into)).toEqual(['mobilenet-v3-small'])
  await readBundle(join(into, 'mobilenet-v3-small', 'v1'))
})

test('a download that is cancelled leaves nothing, and the next one starts from the beginning', async () => {
  const into = place()
  const stop = new AbortController()
  const endless: InstallParts['fetchPackage'] = (folder, signal) =>
    new Promise((_, reject) => {
      writeFileSync(join(folder, 'half.tgz'), 'half')
      signal.addEventListener('abort', () => reject(new Error('npm was ended')))
      setImmediate(() => stop.abort())
    })

  await expect(
    installBackbone(parts(into, genuine, { fetchPackage: endless, signal: stop.signal })),
  ).rejects.toThrow(/abort/i)
  expect(readdirSync(into)).toEqual([])

  await installBackbone(parts(into, genuine))
  expect(readdirSync(into)).toEqual(['mobilenet-v3-small'])
})

test.runIf(existsSync('/dev/full'))(
  'a full disk is reported as such, and no file is left behind',
  async () => {
    const into = place()
    const full: InstallParts['fetchPackage'] = async (folder) => {
      const file = join(folder, 'package.tgz')
      symlinkSync('/dev/full', file) // each write to it fails as on a full disk
      writeFileSync(file, genuine.bytes)
      return file
    }

    await expect(installBackbone(parts(into, genuine, { fetchPackage: full }))).rejects.toMatchObject({
      code: 'disk_full',
      remedy: 'Free up space and try again.',
    })
    expect(readdirSync(into)).toEqual([])
  },
)

test('the partial folder names the process that writes it, so that it is removed after a kill', async () => {
  const into = place()
  let names: readonly string[] = []
  const fetchPackage: InstallParts['fetchPackage'] = async (folder, signal) => {
    names = readdirSync(into)
    return giving(genuine.bytes)(folder, signal)
  }

  await installBackbone(parts(into, genuine, { fetchPackage }))

  expect(names).toEqual([expect.stringMatching(new RegExp(`^\\.making-.+-${process.pid}$`))])
})
