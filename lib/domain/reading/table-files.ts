/** Which files of a set are read as label tables: by name, number and size. Pure. */
import type { ListedFile } from './folder-tree.ts'

/** A table of labels of 200,000 files is about 10 MB. */
export const LARGEST_TABLE_BYTES = 32 * 1024 ** 2
const MOST_BYTES = 64 * 1024 ** 2
/** More files of a kind are not tables: sets for detection have a text per image. */
const MOST_OF_KIND = { table: 100, json: 20, text: 10 } as const
const NO_TABLE =
  /(?:^|[/])(?:readme|licen[cs]e|citation|changelog|notice|requirements|package|model|manifest)[^/]*$/i

export const isTableName = (path: string): boolean => kindOf(path) !== null

function kindOf(path: string): keyof typeof MOST_OF_KIND | null {
  if (NO_TABLE.test(path)) return null
  if (/\.(?:csv|tsv|jsonl|ndjson)$/i.test(path)) return 'table'
  if (/\.json$/i.test(path)) return 'json'
  return /\.txt$/i.test(path) ? 'text' : null
}

export function tablePathsIn(files: readonly ListedFile[]): readonly string[] {
  const byKind = Map.groupBy(files, ({ path }) => kindOf(path))
  const chosen: string[] = []
  let bytes = 0
  for (const kind of ['table', 'json', 'text'] as const) {
    const own = byKind.get(kind) ?? []
    if (own.length > MOST_OF_KIND[kind]) continue
    for (const file of own) {
      const size = file.bytes ?? 0
      if (size > LARGEST_TABLE_BYTES || bytes + size > MOST_BYTES) continue
      bytes += size
      chosen.push(file.path)
    }
  }
  return chosen
}
