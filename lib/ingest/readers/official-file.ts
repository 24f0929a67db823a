/** Files of official data sets, pinned by the SHA-256 of their contents: from a folder, or downloaded.
 *  Any packing is accepted; the contents must match to the last byte. */
import { createHash } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { DarkroomError } from '#lib/domain/errors.ts'
import { sniff } from '#lib/images/sniff.ts'

/** One file inside, by its official name. */
export type PinnedContent = { readonly name: string; readonly sizeBytes: number; readonly sha256: string }

/** One file to download: the addresses are tried in order, `packedBytes` is its size there. */
export type OfficialFile = {
  readonly name: string
  readonly urls: readonly string[]
  readonly packedBytes: number
}

export const DEFAULT_DOWNLOADS = join(tmpdir(), 'darkroom-downloads')

const unpackGzip = promisify(gunzip)

/** Returns the verified content of a plain or gzipped file, or throws an error that states the difference. */
export async function readPinned(path: string, pinned: PinnedContent): Promise<Uint8Array> {
  const stats = await stat(path)
  if (stats.size > pinned.sizeBytes * 2 + 1024)
    throw wrongFile(path, pinned.name, `it has ${stats.size} bytes and should expand to ${pinned.sizeBytes}`)
  const bytes = await readFile(path)
  const content = isGzip(bytes)
    ? await unpackGzip(bytes, { maxOutputLength: pinned.sizeBytes + 1 }).catch(() => null)
    : bytes
  if (content === null) throw wrongFile(path, pinned.name, 'it is truncated, damaged or another file')
  requirePinned(path, pinned, content)
  return content
}

export function requirePinned(path: string, pinned: PinnedContent, content: Uint8Array): void {
  if (content.length !== pinned.sizeBytes) {
    const type = sniff(content)
    const what = type.kind === 'unknown' ? '' : ` (it is ${type.words})`
    throw wrongFile(path, pinned.name, `it has ${content.length} bytes instead of ${pinned.sizeBytes}${what}`)
  }
  const sha256 = createHash('sha256').update(content).digest('hex')
  if (sha256 !== pinned.sha256)
    throw wrongFile(
      path,
      pinned.name,
      `its SHA-256 is ${sha256.slice(0, 12)}… instead of ${pinned.sha256.slice(0, 12)}…`,
    )
}

export const isGzip = (bytes: Uint8Array): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b

export const wrongFile = (path: string, name: string, why: string, cause?: unknown): DarkroomError =>
  new DarkroomError(
    'bad_data_file',
    {
      what: `${path} is not the official ${name}`,
      why,
      remedy: 'Get the official file again. Nothing was added.',
    },
    { cause },
  )

export const missingFile = (folder: string, name: string): DarkroomError =>
  new DarkroomError('bad_data_file', {
    what: `${name} is missing`,
    why: `${folder} has no file with that name`,
    remedy: 'Specify the folder or file that contains it.',
  })

export async function isFolder(path: string): Promise<boolean> {
  const stats = await stat(path).catch(() => null)
  if (stats === null)
    throw new DarkroomError('bad_data_file', {
      what: `${path} cannot be read`,
      why: 'there is no such file or folder',
      remedy: 'Check the path.',
    })
  return stats.isDirectory()
}

export const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  )
