/** A set of images in class folders, in a ZIP or on this disk, returned file by file with its label and
 *  split. class-folders.ts interprets the folders; the decoder checks the files. */
import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { listZip, readZip } from '#lib/archive/read-zip.ts'
import type { ZipLimits } from '#lib/archive/read-zip.ts'
import { DarkroomError } from '#lib/domain/errors.ts'
import { layoutOf } from './class-folders.ts'
import type { Layout } from './class-folders.ts'
import type { Dataset, LabelledImage, DatasetOptions, Stray } from './labelled-image.ts'

export type FolderOptions = Pick<DatasetOptions, 'onStray' | 'signal'> & { readonly limits?: ZipLimits }

/** An image above 64 MiB is not a training image; a set above 64 GiB does not fit on one machine. */
export const GENEROUS: ZipLimits = { entryBytes: 64 * 1024 ** 2, totalBytes: 64 * 1024 ** 3 }

export async function openZipOfFolders(
  source: string | Uint8Array,
  { onStray, signal, limits = GENEROUS }: FolderOptions = {},
): Promise<Dataset> {
  const paths = await listZip(source, signal)
  const layout = layoutOf(paths)
  requireClasses(layout, 'archive')
  return {
    classes: layout.classes,
    count: paths.filter((path) => layout.placeOf(path).kind === 'image').length,
    images: fromZip(),
  }

  async function* fromZip(): AsyncGenerator<LabelledImage> {
    for await (const entry of readZip(source, limits, signal)) {
      if (entry.kind === 'refused')
        onStray?.({ kind: 'refused_entry', path: entry.path, reason: entry.refused })
      else if (entry.kind === 'skipped')
        onStray?.({ kind: 'stray_file', path: entry.path, reason: entry.skipped })
      else yield* placed(layout, entry.path, entry.bytes)
    }
  }

  function* placed(layout: Layout, path: string, bytes: Uint8Array): Generator<LabelledImage> {
    const place = layout.placeOf(path)
    if (place.kind === 'image') yield { label: place.label, split: place.split, path, bytes }
    else onStray?.({ kind: 'stray_file', path, reason: place.reason })
  }
}

export async function openFolderOfFolders(
  folder: string,
  { onStray, signal, limits = GENEROUS }: FolderOptions = {},
): Promise<Dataset> {
  const strays: Stray[] = []
  const paths = await filesUnder(folder, '', strays, signal)
  const layout = layoutOf(paths)
  requireClasses(layout, 'folder')
  return {
    classes: layout.classes,
    count: paths.filter((path) => layout.placeOf(path).kind === 'image').length,
    images: fromDisk(),
  }

  async function* fromDisk(): AsyncGenerator<LabelledImage> {
    for (const stray of strays) onStray?.(stray)
    for (const path of paths) {
      signal?.throwIfAborted()
      const place = layout.placeOf(path)
      if (place.kind === 'stray') {
        onStray?.({ kind: 'stray_file', path, reason: place.reason })
        continue
      }
      const { size } = await stat(join(folder, path))
      if (size > limits.entryBytes)
        onStray?.({
          kind: 'refused_entry',
          path,
          reason: `it has ${size} bytes, and the limit is ${limits.entryBytes}`,
        })
      else
        yield {
          label: place.label,
          split: place.split,
          path,
          bytes: new Uint8Array(await readFile(join(folder, path))),
        }
    }
  }
}

/** Every regular file below, in the same order on every machine. Links are not followed: they may lead
 *  outside or in circles. */
async function filesUnder(
  root: string,
  below: string,
  strays: Stray[],
  signal?: AbortSignal,
): Promise<string[]> {
  signal?.throwIfAborted()
  const paths: string[] = []
  const entries = await readdir(join(root, below), { withFileTypes: true })
  for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = below === '' ? entry.name : `${below}/${entry.name}`
    if (entry.name.startsWith('.') || /^(?:__MACOSX|thumbs\.db|desktop\.ini)$/i.test(entry.name))
      strays.push({ kind: 'stray_file', path, reason: 'it is a system file' })
    else if (entry.isDirectory())
      for (const file of await filesUnder(root, path, strays, signal)) paths.push(file)
    else if (entry.isFile()) paths.push(path)
    else
      strays.push({
        kind: 'refused_entry',
        path,
        reason: entry.isSymbolicLink() ? 'it is a link' : 'it is not a regular file',
      })
  }
  return paths
}

function requireClasses({ classes }: Layout, what: 'archive' | 'folder'): void {
  if (classes.length > 0) return
  throw new DarkroomError('bad_data_file', {
    what: `The ${what} has no class folders`,
    why: 'each image must be in a folder named after its class',
    remedy: 'Arrange it as cats/1.jpg, dogs/1.jpg, with train/ and test/ above them if you have both.',
  })
}
