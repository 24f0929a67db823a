/** Which files of a set are read as label tables: by name, number and size. Pure. */
import type { ListedFile } from './folder-tree.ts'

/** A table of labels of 200,000 files is about 10 MB. */
export const LARGEST_TABLE_BYTES = 32 * 1024 ** 2
const MOST_BYTES = 64 * 1024 ** 2
/** More files of a kind are not tables: sets for detection have a text per image. */
const MOST_OF_KIND = { table: 100, json: 20, xml: 20, text: 10 } as const
/** Unless each is about one image: labelme and Pascal VOC write a file for each. */
const MOST_ABOUT_IMAGES = 20_000
const NO_TABLE =
  /(?:^|[/])(?:readme|licen[cs]e|citation|changelog|notice|requirements|package|model|manifest\.json)[^/]*$/i

export const isTableName = (path: string): boolean => kindOf(path) !== null

function kindOf(path: string): keyof typeof MOST_OF_KIND | null {
  if (NO_TABLE.test(path)) return null
  if (/\.(?:csv|tsv|jsonl|ndjson|manifest)$/i.test(path)) return 'table'
  if (/\.json$/i.test(path)) return 'json'
  if (/\.xml$/i.test(path)) return 'xml'
  return /\.txt$/i.test(path) ? 'text' : null
}

export function tablePathsIn(files: readonly ListedFile[]): readonly string[] {
  const byKind = Map.groupBy(files, ({ path }) => kindOf(path))
  const stems = new Set((byKind.get(null) ?? []).map(({ path }) => stemOf(path)))
  const isAboutImage = ({ path }: ListedFile): boolean => stems.has(stemOf(path))
  const chosen: string[] = []
  let bytes = 0
  for (const kind of ['table', 'json', 'xml', 'text'] as const) {
    const all = byKind.get(kind) ?? []
    // a text about one image has its caption, or boxes
    const own = kind === 'text' ? all.filter((file) => !isAboutImage(file)) : all
    const aboutImages = kind === 'json' || kind === 'xml' ? own.filter(isAboutImage) : []
    const isPerImage = aboutImages.length > MOST_OF_KIND[kind] && aboutImages.length <= MOST_ABOUT_IMAGES
    if (own.length > MOST_OF_KIND[kind] && !isPerImage) continue
    for (const file of isPerImage ? aboutImages : own) {
      const size = file.bytes ?? 0
      if (size > LARGEST_TABLE_BYTES || bytes + size > MOST_BYTES) continue
      bytes += size
      chosen.push(file.path)
    }
  }
  return chosen
}

const stemOf = (path: string): string =>
  path
    .slice(path.lastIndexOf('/') + 1)
    .replace(/\.[^.]*$/, '')
    .toLowerCase()
