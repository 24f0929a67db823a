/** Reads an untrusted ZIP, entry by entry: harmless entries are returned, the others are named with their reason.
 *  One entry is in memory at a time, nothing is written to disk unless the caller names the file, and no number in a
 *  header is trusted. */
import { crc32, inflateRaw } from 'node:zlib'
import { promisify } from 'node:util'
import { fromBufferPromise, fromRandomAccessReaderPromise } from 'yauzl'
import type { Entry, Options, ZipFile } from 'yauzl'
import { DarkroomError } from '#lib/domain/errors.ts'
import { guessCodePage, type CodePage } from '#lib/domain/reading/code-pages.ts'
import type { ListedFile } from '#lib/domain/reading/folder-tree.ts'
import { systemReason } from '#lib/domain/reading/system-files.ts'
import { openBlocks } from './block-reader.ts'
import { guessedBytes, isDoubtful, LONGEST_NAME, readName, reasonToRefuse } from './entry-name.ts'
import { unpackToFile, type UnpackedFile } from './unpack-to-file.ts'

export const MOST_ENTRIES = 200_000
/** Deflate cannot compress images 1,000 times; only a bomb has such a ratio. */
export const HIGHEST_RATIO = 1000
/** Below this, even a high ratio is harmless: an all-black image compresses well. */
const HARMLESS_BYTES = 64 * 1024

export type ZipLimits = {
  /** The largest entry, unpacked. */
  readonly entryBytes: number
  /** Where it depends on the entry: its limit instead. */
  readonly entryBytesOf?: (path: string) => number
  /** All entries together, unpacked. */
  readonly totalBytes: number
  /** The entries to unpack; the others are left out. Absent: all. */
  readonly wants?: (path: string) => boolean
  /** The file into which this entry is unpacked instead of into memory; it must not exist yet. */
  readonly fileFor?: (path: string) => string | null
  /** As `listZip` guessed it. Absent: it is guessed again. */
  readonly page?: CodePage | null
}

/** `path` is for display and for labels; never a path to write to. */
export type ZipEntry =
  | { readonly kind: 'file'; readonly path: string; readonly bytes: Uint8Array }
  | { readonly kind: 'unpacked'; readonly path: string; readonly file: string }
  | { readonly kind: 'refused'; readonly path: string; readonly refused: string }
  | { readonly kind: 'skipped'; readonly path: string; readonly skipped: string }

/** More names hardly change the guess. */
const NAMES_FOR_GUESS = 500

const inflate = promisify(inflateRaw)

/** Yields every entry that is not a folder; throws `bad_archive` when the file is not a ZIP, `too_large` when
 *  it unpacks to too much. */
export async function* readZip(
  source: string | Uint8Array,
  limits: ZipLimits,
  signal?: AbortSignal,
): AsyncGenerator<ZipEntry> {
  let total = 0
  for await (const { zip, entry, path, skipped, refused } of judged(source, limits.page, signal)) {
    if (skipped !== null) {
      yield { kind: 'skipped', path, skipped }
      continue
    }
    if (limits.wants?.(path) === false) continue
    const file = limits.fileFor?.(path) ?? null
    const mostBytes = limits.entryBytesOf?.(path) ?? limits.entryBytes
    const content = refused ?? (await unpack(zip, entry, { mostBytes, file }))
    if (typeof content === 'string') {
      yield { kind: 'refused', path: printable(path), refused: content }
      continue
    }
    total += content instanceof Uint8Array ? content.length : content.sizeBytes
    if (total > limits.totalBytes) throw tooLarge(limits.totalBytes)
    if (content instanceof Uint8Array) yield { kind: 'file', path, bytes: content }
    else yield { kind: 'unpacked', path, file: file! }
  }
}

/** What `readZip` will yield, without unpacking: the files that it will try to read, and the others. */
export type ZipListing = {
  readonly files: readonly ListedFile[]
  readonly skipped: readonly string[]
  readonly refused: readonly { readonly path: string; readonly reason: string }[]
  /** Of the names, when they had to be guessed. */
  readonly guessedPage: CodePage | null
}

/** Throws `bad_archive` when `readZip` would refuse all entries. Ends with the first file or refused entry above
 *  `mostEntries`: the caller refuses such an archive, whatever else it has. */
export async function listZip(
  source: string | Uint8Array,
  {
    mostEntries = MOST_ENTRIES,
    signal,
  }: { readonly mostEntries?: number; readonly signal?: AbortSignal | undefined } = {},
): Promise<ZipListing> {
  const files: ListedFile[] = []
  const skipped: string[] = []
  const refused: { path: string; reason: string }[] = []
  let guessedPage: CodePage | null = null
  for await (const checked of judged(source, undefined, signal)) {
    guessedPage = checked.page
    const { path, entry } = checked
    if (checked.skipped !== null) skipped.push(path)
    else if (checked.refused === null)
      files.push({ path, bytes: entry.uncompressedSize, checksum: entry.crc32 })
    else refused.push({ path: printable(path), reason: checked.refused })
    if (files.length + refused.length > mostEntries) break
  }
  const [first] = refused
  if (files.length === 0 && first !== undefined)
    throw badArchive(
      `it has no usable entries (${first.path}: ${first.reason})`,
      'Create the archive again: regular files, without a password.',
    )
  return { files, skipped, refused, guessedPage }
}

type EntryCheck = {
  readonly zip: ZipFile
  readonly entry: Entry
  readonly path: string
  readonly page: CodePage | null
  readonly skipped: string | null
  readonly refused: string | null
}

async function* judged(
  source: string | Uint8Array,
  known: CodePage | null | undefined,
  signal?: AbortSignal,
): AsyncGenerator<EntryCheck> {
  signal?.throwIfAborted()
  let page = known ?? null
  let isGuessed = known !== undefined
  const zip = await open(source)
  try {
    if (zip.entryCount > MOST_ENTRIES)
      throw badArchive(
        `it has ${count(zip.entryCount)} entries, and the limit is ${count(MOST_ENTRIES)}`,
        'Split it into several ZIP archives.',
      )
    for await (const entry of entriesOf(zip)) {
      signal?.throwIfAborted()
      // Most archives have no such name, and are read once.
      if (!isGuessed && isDoubtful(entry)) {
        page = await pageOf(source, signal)
        isGuessed = true
      }
      const path = readName(entry, page)
      if (path.endsWith('/')) continue
      // What is skipped is listed with its whole name.
      const skipped = path.length > LONGEST_NAME ? null : systemReason(path)
      yield { zip, entry, path, page, skipped, refused: reasonToRefuse(path, entry) }
    }
  } finally {
    zip.close()
  }
}

/** The code page of the names that need one; null when all are UTF-8. */
async function pageOf(source: string | Uint8Array, signal?: AbortSignal): Promise<CodePage | null> {
  const zip = await open(source)
  const names: Uint8Array[] = []
  try {
    if (zip.entryCount > MOST_ENTRIES) return null
    for await (const entry of entriesOf(zip)) {
      signal?.throwIfAborted()
      const raw = guessedBytes(entry)
      if (raw !== null) names.push(raw)
      if (names.length === NAMES_FOR_GUESS) break
    }
  } finally {
    zip.close()
  }
  return names.length === 0 ? null : guessCodePage(names)
}

async function open(source: string | Uint8Array): Promise<ZipFile> {
  // Names are read and checked here, entry by entry; sizes are counted while unpacking.
  const options = { decodeStrings: false, validateEntrySizes: false, autoClose: false }
  try {
    if (typeof source === 'string') return await openFile(source, options)
    return await fromBufferPromise(Buffer.from(source.buffer, source.byteOffset, source.byteLength), options)
  } catch (cause) {
    rethrowFromDisk(cause)
    throw badArchive(
      'it is not a ZIP archive, or it is incomplete',
      'Create the archive again, or download it again.',
      cause,
    )
  }
}

async function openFile(path: string, options: Options): Promise<ZipFile> {
  const { reader, file, size } = await openBlocks(path)
  try {
    return await fromRandomAccessReaderPromise(reader, size, options)
  } catch (error) {
    await file.close()
    throw error
  }
}

async function* entriesOf(zip: ZipFile): AsyncGenerator<Entry> {
  const entries = zip.eachEntry()
  while (true) {
    const next = await entries.next().catch((cause: unknown) => {
      rethrowFromDisk(cause)
      const isEncrypted = cause instanceof Error && cause.message.includes('encryption')
      throw badArchive(
        isEncrypted ? 'it is encrypted' : 'its central directory is damaged',
        'Create the archive again, without a password.',
        cause,
      )
    })
    if (next.done === true) return
    yield next.value
  }
}

/** The bytes of one entry, or the reason why not; `file`: it is written there. */
async function unpack(
  zip: ZipFile,
  entry: Entry,
  { mostBytes, file }: { readonly mostBytes: number; readonly file: string | null },
): Promise<Uint8Array | UnpackedFile | string> {
  if (entry.compressedSize > zip.fileSize) return 'it is truncated'
  const ratioBytes = Math.max(HARMLESS_BYTES, entry.compressedSize * HIGHEST_RATIO)
  const tooLong =
    ratioBytes < mostBytes
      ? `it expands to more than ${count(HIGHEST_RATIO)} times its size`
      : `it expands to more than ${mebibytes(mostBytes)} MiB`
  if (entry.compressedSize > mostBytes) return tooLong
  const limit = Math.min(mostBytes, ratioBytes)
  if (file !== null) return unpackToFile(zip, entry, { file, mostBytes: limit, tooLong, isFromDisk })
  const packed = await packedBytes(zip, entry)
  if (packed === null) return 'it is truncated'
  let bytes = packed
  if (entry.compressionMethod === 8) {
    try {
      bytes = await inflate(packed, { maxOutputLength: limit })
    } catch (error) {
      const isTooLong = error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE'
      return isTooLong ? tooLong : 'it is damaged'
    }
  }
  if (bytes.length > 0 && crc32(bytes) !== entry.crc32) return 'it is damaged (its checksum is wrong)'
  if (isZip(bytes)) return 'it is a ZIP archive inside a ZIP archive'
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

/** Null when the archive ends before the entry does, or has other data in its place. */
async function packedBytes(zip: ZipFile, entry: Entry): Promise<Uint8Array | null> {
  const packed = Buffer.allocUnsafeSlow(entry.compressedSize)
  let length = 0
  try {
    for await (const chunk of await zip.openReadStreamPromise(entry, { decodeFileData: false })) {
      const bytes = chunk as Uint8Array
      packed.set(bytes, length)
      length += bytes.length
    }
  } catch (error) {
    rethrowFromDisk(error)
    return null
  }
  return length === packed.length ? packed : null
}

/** A missing file or a failing disk is not a fault of the archive. */
const isFromDisk = (error: unknown): boolean => error instanceof Error && 'syscall' in error

function rethrowFromDisk(error: unknown): void {
  if (isFromDisk(error)) throw error
}

/** By so many first bytes a ZIP is recognised. */
export const ZIP_BYTES = 4

/** Whether a file that begins with these bytes is one. */
export const isZip = (bytes: Uint8Array): boolean =>
  bytes[0] === 0x50 &&
  bytes[1] === 0x4b &&
  ((bytes[2] === 3 && bytes[3] === 4) || (bytes[2] === 5 && bytes[3] === 6))

/** A refused name may be anything, so it is truncated and made printable before it is reported. */
// eslint-disable-next-line no-control-regex
const printable = (path: string): string => path.slice(0, 200).replace(/[\x00-\x1f\x7f]/g, '�')

const badArchive = (why: string, remedy: string, cause?: unknown): DarkroomError =>
  new DarkroomError('bad_archive', { what: 'This archive cannot be read', why, remedy }, { cause })

const tooLarge = (totalBytes: number): DarkroomError =>
  new DarkroomError('too_large', {
    what: 'This archive is too large',
    why: `it expands to more than ${mebibytes(totalBytes)} MiB`,
    remedy: 'Split it into several ZIP archives.',
  })

const mebibytes = (bytes: number): string =>
  (bytes / 1024 ** 2).toLocaleString('en', { maximumSignificantDigits: 3 })
const count = (value: number): string => value.toLocaleString('en')
