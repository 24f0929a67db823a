/** What has arrived of a download that ended early, and from where: it is continued only where the server still has
 *  the same file, by its ETag (RFC 9110, 13.1.5: If-Range). */
import { readFile, rm, stat, writeFile } from 'node:fs/promises'
import { downloadSource } from '#lib/contracts/developer-files.ts'

export type ArrivedPart = { readonly bytes: number; readonly etag: string }

/** Where the part of a file is until it is complete. */
export const partOf = (to: string): string => `${to}.part`
const sourceOf = (part: string): string => `${part}.source.json`

/** Null: there is none, or it is of another file. */
export async function arrivedPart(part: string, url: string): Promise<ArrivedPart | null> {
  try {
    const source = downloadSource.parse(JSON.parse(await readFile(sourceOf(part), 'utf8')))
    const { size } = await stat(part)
    return source.url === url && size > 0 ? { bytes: size, etag: source.etag } : null
  } catch {
    return null
  }
}

/** A file without an ETag is not continued, because it may have changed. */
export async function noteSource(part: string, url: string, etag: string | null): Promise<void> {
  await rm(sourceOf(part), { force: true })
  // a weak one names files that are only alike
  if (etag !== null && !etag.startsWith('W/')) await writeFile(sourceOf(part), JSON.stringify({ url, etag }))
}

export async function removePart(part: string): Promise<void> {
  await rm(part, { force: true })
  await rm(sourceOf(part), { force: true })
}

export const rangeAfter = (part: ArrivedPart | null): Readonly<Record<string, string>> =>
  part === null ? {} : { Range: `bytes=${part.bytes}-`, 'If-Range': part.etag }
