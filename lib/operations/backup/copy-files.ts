/**
 * Copies files into a backup and verifies them: every byte is hashed while it is copied and read again
 * afterwards. make.ts decides which files.
 */
import { createHash } from 'node:crypto'
import { link, open, readdir, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import { isDiskFull } from '#lib/domain/disk-full.ts'
import { DarkroomError, isDarkroomError } from '#lib/domain/errors.ts'
import { codeOf, privateFolder, type FileEntry } from './layout.ts'

const READ_BYTES = 1024 ** 2
/** Enough to hide disk latency, few enough to leave the disk to predictions. */
const FILES_AT_ONCE = 4

export type FileToCopy = { readonly path: string; readonly bytes: number }

/**
 * All files below a folder, as paths with forward slashes. `isIncluded` gets each path from `root` on, folders
 * too.
 */
export async function filesBelow(
  root: string,
  isIncluded: (file: string) => boolean,
  below = '',
): Promise<readonly FileToCopy[]> {
  const entries = await readdir(path.join(root, below), { withFileTypes: true }).catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return [] // removed since its parent was read
    throw error
  })
  const files: FileToCopy[] = []
  for (const { name } of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const file = below === '' ? name : `${below}/${name}`
    if (!isIncluded(file)) continue
    const facts = await stat(path.join(root, file)).catch(() => null)
    if (facts?.isDirectory()) files.push(...(await filesBelow(root, isIncluded, file)))
    else if (facts?.isFile()) files.push({ path: file, bytes: facts.size })
  }
  return files
}

/** Null where the original does not exist (any more). */
export async function copyHashed(from: string, to: string): Promise<Omit<FileEntry, 'path'> | null> {
  const source = await open(from, 'r').catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return null
    throw error
  })
  if (source === null) return null
  try {
    await privateFolder(path.dirname(to))
    const copy = await open(to, 'w', 0o600)
    try {
      const hash = createHash('sha256')
      const buffer = Buffer.allocUnsafe(READ_BYTES)
      let bytes = 0
      for (;;) {
        const { bytesRead } = await source.read(buffer, 0, READ_BYTES)
        if (bytesRead === 0) break
        const piece = buffer.subarray(0, bytesRead)
        hash.update(piece)
        await writeAll(copy, piece)
        bytes += bytesRead
      }
      await copy.sync()
      return { bytes, sha256: hash.digest('hex') }
    } finally {
      await copy.close()
    }
  } catch (error) {
    await rm(to, { force: true })
    throw error
  } finally {
    await source.close()
  }
}

async function writeAll(
  file: { readonly write: (piece: Uint8Array) => Promise<{ bytesWritten: number }> },
  piece: Uint8Array,
): Promise<void> {
  for (let written = 0; written < piece.length;)
    written += (await file.write(piece.subarray(written))).bytesWritten
}

/** The file's size and sha256; null where it does not exist. */
export async function hashOf(
  file: string,
  buffer = Buffer.allocUnsafe(READ_BYTES),
): Promise<Omit<FileEntry, 'path'> | null> {
  const handle = await open(file, 'r').catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return null
    throw error
  })
  if (handle === null) return null
  try {
    const hash = createHash('sha256')
    let bytes = 0
    for (;;) {
      const { bytesRead } = await handle.read(buffer, 0, buffer.length)
      if (bytesRead === 0) return { bytes, sha256: hash.digest('hex') }
      hash.update(buffer.subarray(0, bytesRead))
      bytes += bytesRead
    }
  } finally {
    await handle.close()
  }
}

/** Whether both names are now one file. Impossible on some file systems, and across two. */
export async function linked(from: string, to: string): Promise<boolean> {
  await privateFolder(path.dirname(to))
  return link(from, to).then(
    () => true,
    (error: unknown) => {
      if (codeOf(error) === 'ENOSPC') throw error
      return false
    },
  )
}

/** Resolves or rejects when all of the work has ended. */
export async function inParallel<T>(
  items: readonly T[],
  work: (item: T) => Promise<void>,
  signal?: AbortSignal,
): Promise<void> {
  const rest = items[Symbol.iterator]()
  let isFailing = false
  const lane = async (): Promise<void> => {
    for (const item of rest) {
      if (isFailing) return
      try {
        signal?.throwIfAborted()
        await work(item)
      } catch (error) {
        isFailing = true
        throw error
      }
    }
  }
  const ended = await Promise.allSettled(Array.from({ length: FILES_AT_ONCE }, lane))
  for (const one of ended) if (one.status === 'rejected') throw one.reason
}

/** An error of the disk or its permissions, as a sentence for the admin. */
export function fileTrouble(
  error: unknown,
  { what, place }: { readonly what: string; readonly place: string },
): unknown {
  if (isDarkroomError(error)) return error
  if (isDiskFull(error))
    return new DarkroomError(
      'disk_full',
      {
        what,
        why: `the disk that holds ${place} is full`,
        remedy: 'Free up space there, or choose another folder. The data that was there is unchanged.',
      },
      { cause: error },
    )
  switch (codeOf(error)) {
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return new DarkroomError(
        'conflict',
        {
          what,
          why: `the current user cannot write to ${place} (${codeOf(error)})`,
          remedy: 'Grant write access, or choose another folder.',
        },
        { cause: error },
      )
    case 'ENOTDIR':
    case 'EEXIST':
      return new DarkroomError(
        'conflict',
        { what, why: `${place} is not a folder`, remedy: 'Choose a folder.' },
        { cause: error },
      )
    default:
      return error
  }
}
