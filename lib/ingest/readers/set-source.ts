/** Where the files of a set are: in a ZIP or in a folder on this disk. It lists them, reads the texts of the tables,
 *  and then the wanted files one by one. What they mean is for lib/domain/reading. */
import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { listZip, readZip } from '#lib/archive/read-zip.ts'
import type { ZipLimits } from '#lib/archive/read-zip.ts'
import { codePageName } from '#lib/domain/reading/code-pages.ts'
import type { ListedFile } from '#lib/domain/reading/folder-tree.ts'
import { tablePathsIn } from '#lib/domain/reading/table-files.ts'
import type { TableText } from '#lib/domain/reading/table-labels.ts'
import { decodeText } from '#lib/domain/reading/table-text.ts'
import type { Stray } from './labelled-image.ts'

export type SetSource = {
  /** Every file, those that are skipped included. */
  readonly files: readonly ListedFile[]
  readonly tables: readonly TableText[]
  /** Files that must not be opened. */
  readonly refused: readonly Stray[]
  readonly notes: readonly string[]
  /** The wanted files, in the order of the set; `Stray` for those that cannot be read. */
  readonly read: (wants: (path: string) => boolean) => AsyncGenerator<SetFile | Stray>
}
export type SetFile = { readonly kind: 'file'; readonly path: string; readonly bytes: Uint8Array }

/** The text of a table, with the encoding if that is a guess. */
export function tableText(path: string, bytes: Uint8Array): TableText {
  const { text, encoding, isGuess } = decodeText(bytes)
  return { path, text, guessedEncoding: isGuess ? encoding : undefined }
}

export async function zipSource(
  zip: string | Uint8Array,
  limits: ZipLimits,
  signal?: AbortSignal,
): Promise<SetSource> {
  const { files, skipped, refused, guessedPage } = await listZip(zip, { signal })
  const tablePaths = new Set(tablePathsIn(files))
  const tables: TableText[] = []
  if (tablePaths.size > 0)
    for await (const entry of readZip(
      zip,
      { ...limits, page: guessedPage, wants: (path) => tablePaths.has(path) },
      signal,
    ))
      if (entry.kind === 'file') tables.push(tableText(entry.path, entry.bytes))
  return {
    files: [...files, ...skipped.map((path) => ({ path }))],
    tables,
    refused: refused.map(({ path, reason }) => ({ kind: 'refused_entry', path, reason })),
    notes:
      guessedPage === null
        ? []
        : [
            `The archive does not state the encoding of its names: they were read as ${codePageName(guessedPage)}.`,
          ],
    async *read(wants) {
      const listed = new Set(files.map(({ path }) => path))
      for await (const entry of readZip(zip, { ...limits, page: guessedPage, wants }, signal)) {
        if (entry.kind === 'file') yield entry
        else if (entry.kind === 'refused' && listed.has(entry.path))
          yield { kind: 'refused_entry', path: entry.path, reason: entry.refused }
      }
    },
  }
}

export async function folderSource(
  folder: string,
  limits: ZipLimits,
  signal?: AbortSignal,
): Promise<SetSource> {
  const files: ListedFile[] = []
  const refused: Stray[] = []
  await list(folder, '', { files, refused }, signal)
  const tables: TableText[] = []
  for (const path of tablePathsIn(files)) tables.push(tableText(path, await readFile(join(folder, path))))
  return {
    files,
    tables,
    refused,
    notes: [],
    async *read(wants) {
      for (const { path, bytes = 0 } of files) {
        signal?.throwIfAborted()
        if (!wants(path)) continue
        if (bytes > limits.entryBytes)
          yield {
            kind: 'refused_entry',
            path,
            reason: `it has ${bytes} bytes, and the limit is ${limits.entryBytes}`,
          }
        else yield { kind: 'file', path, bytes: new Uint8Array(await readFile(join(folder, path))) }
      }
    },
  }
}

/** Every regular file below, in the same order on every machine. Links are not followed: they may lead outside or in
 *  circles. */
async function list(
  root: string,
  below: string,
  into: { readonly files: ListedFile[]; readonly refused: Stray[] },
  signal?: AbortSignal,
): Promise<void> {
  signal?.throwIfAborted()
  const entries = await readdir(join(root, below), { withFileTypes: true })
  for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = below === '' ? entry.name : `${below}/${entry.name}`
    if (entry.name.includes('\uFFFD'))
      into.refused.push({ kind: 'refused_entry', path, reason: 'its name is not valid UTF-8' })
    else if (entry.isDirectory()) await list(root, path, into, signal)
    else if (entry.isFile()) into.files.push({ path, bytes: (await stat(join(root, path))).size })
    else
      into.refused.push({
        kind: 'refused_entry',
        path,
        reason: entry.isSymbolicLink() ? 'it is a link' : 'it is not a regular file',
      })
  }
}

/** Several sources as one set, each in a folder of its own; `''` for none. */
export function joinedSource(sources: readonly SetSource[], folders: readonly string[]): SetSource {
  const inside = (i: number, path: string): string => (folders[i] === '' ? path : `${folders[i]}/${path}`)
  return {
    files: sources.flatMap(({ files }, i) => files.map((file) => ({ ...file, path: inside(i, file.path) }))),
    tables: sources.flatMap(({ tables }, i) =>
      tables.map((table) => ({ ...table, path: inside(i, table.path) })),
    ),
    refused: sources.flatMap(({ refused }, i) =>
      refused.map((one) => ({ ...one, path: inside(i, one.path) })),
    ),
    notes: sources.flatMap(({ notes }) => notes),
    async *read(wants) {
      for (const [i, source] of sources.entries())
        for await (const file of source.read((path) => wants(inside(i, path))))
          yield { ...file, path: inside(i, file.path) }
    },
  }
}
