/** Writes the parts of a form to disk as they arrive: all images into one file, each ZIP into
 *  its own. Only sizes are checked here; memory holds one chunk. Everything is deleted when the upload has
 *  ended. */
import { mkdir, mkdtemp, open, rm } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { appendStream, displayName, peekStream, readSpooled } from '#lib/archive/spool-file.ts'
import type { Part } from '#lib/contracts/contract.ts'
import { isTableName, LARGEST_TABLE_BYTES } from '#lib/domain/reading/table-files.ts'
import { sniff } from '#lib/images/sniff.ts'

/** The number of bytes that distinguish a ZIP, an image and a table. */
const SNIFF_BYTES = 64
const FIELDS = ['classifier', 'create', 'dry_run', 'label', 'one_group', 'reading', 'unlabelled'] as const

export type ArrivedFile = {
  readonly path: string
  readonly at: number
  readonly bytes: number
  readonly isTooLarge: boolean
  /** In the field `labels`: a table, whatever its name. */
  readonly isTable: boolean
}
export type ArrivedZip = { readonly name: string; readonly file: string }

export type Arrivals = {
  readonly fields: Readonly<Partial<Record<(typeof FIELDS)[number], string>>>
  readonly labels: readonly string[]
  readonly files: readonly ArrivedFile[]
  readonly zips: readonly ArrivedZip[]
  readonly read: (file: ArrivedFile) => Promise<Uint8Array>
  readonly [Symbol.asyncDispose]: () => Promise<void>
}

export async function receive(
  parts: AsyncIterable<Part>,
  folder: string,
  maxImageBytes: number,
): Promise<Arrivals> {
  await mkdir(folder, { recursive: true })
  const own = await mkdtemp(join(folder, `upload-${process.pid}-`))
  const pile = await open(join(own, 'images'), 'w+')
  const dispose = async (): Promise<void> => {
    await pile.close()
    await rm(own, { recursive: true, force: true })
  }
  try {
    return {
      ...(await sorted(parts, own, pile, maxImageBytes)),
      read: (file) => readSpooled(pile, file),
      [Symbol.asyncDispose]: dispose,
    }
  } catch (error) {
    await dispose()
    throw error
  }
}

type SpooledParts = Pick<Arrivals, 'fields' | 'labels' | 'files' | 'zips'>

async function sorted(
  parts: AsyncIterable<Part>,
  own: string,
  pile: FileHandle,
  maxImageBytes: number,
): Promise<SpooledParts> {
  const fields: Record<string, string> = {}
  const labels: string[] = []
  const files: ArrivedFile[] = []
  const zips: ArrivedZip[] = []
  let end = 0
  for await (const part of parts) {
    if (part.kind === 'field') {
      if (part.name === 'labels' || part.name === 'labels[]') labels.push(part.value)
      else if ((FIELDS as readonly string[]).includes(part.name)) fields[part.name] = part.value
      continue
    }
    const path = displayName(part.filename)
    const { first, all } = await peekStream(part.bytes, SNIFF_BYTES)
    if (first.byteLength === 0 && path === '') continue // an empty file field of a form
    const kind = sniff(first).kind
    if (kind === 'zip') {
      const file = join(own, `zip-${zips.length}`)
      await writeAll(file, all)
      zips.push({ name: path, file })
    } else {
      const isTable = part.name === 'labels'
      // whether a table is one is decided when all have arrived
      const most = isTable || isTableName(path) ? Math.max(maxImageBytes, LARGEST_TABLE_BYTES) : maxImageBytes
      const bytes = await appendStream(pile, end, all, most)
      files.push({
        path: path === '' ? `file-${files.length + 1}` : path,
        at: end,
        bytes: Math.min(bytes, most),
        isTooLarge: bytes > most,
        isTable,
      })
      end += Math.min(bytes, most)
    }
  }
  return { fields, labels, files, zips }
}

async function writeAll(file: string, chunks: AsyncIterable<Uint8Array>): Promise<void> {
  await using handle = await open(file, 'wx')
  for await (const chunk of chunks) await handle.writeFile(chunk)
}
