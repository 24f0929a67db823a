/** Finds the file that a table means by a name: the file whose path has the longest tail in common with it, in the
 *  spelling, extension and prefix in which tools write names. Pure. */
import { visible } from '../text/visible-text.ts'
import { partOf, type PartRole } from './split-names.ts'

export type NameMatch =
  | {
      readonly kind: 'file'
      readonly path: string
      /** 0 is the exact name; more is further from it. */ readonly distance: number
    }
  | { readonly kind: 'several' }
  | { readonly kind: 'none' }

/** Where the table is, and the part of the set that its own name states. */
export type TablePlace = { readonly folder: string; readonly role: PartRole | null }
export type FileIndex = { readonly find: (name: string, table: TablePlace) => NameMatch }

/** Label Studio puts eight hexadecimal digits before the name of an uploaded file. */
const LABEL_STUDIO = /^[0-9a-f]{8}-(?=.)/i
const EXTENSION = /\.[a-z0-9]{1,5}$/i

/** How the last part of a name is compared, strictest first. */
const KEYS: readonly ((name: string) => string)[] = [
  (name) => name,
  (name) => name.toLowerCase(),
  (name) => name.replace(LABEL_STUDIO, '').toLowerCase(),
  (name) => name.replace(EXTENSION, '').toLowerCase(),
  (name) => name.replace(LABEL_STUDIO, '').replace(EXTENSION, '').toLowerCase(),
  (name) =>
    name
      .replace(LABEL_STUDIO, '')
      .replace(EXTENSION, '')
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}]+/gu, '_'),
  (name) => {
    const digits = /^0*(\d{1,15})(?:\.0+)?$/.exec(name.replace(EXTENSION, ''))
    return digits ? `#${digits[1]}` : `=${name}`
  },
]

export function fileIndex(paths: readonly string[]): FileIndex {
  const indexes = lazily(() => {
    const files = paths.map((path) => ({ path, parts: partsOf(path) }))
    return KEYS.map((keyOf) => Map.groupBy(files, ({ parts }) => keyOf(parts.at(-1) ?? '')))
  })
  const tree = tailTree()
  return {
    find(name, { folder, role }) {
      const parts = partsOf(name)
      const last = parts.at(-1)
      if (last === undefined || last === '') return { kind: 'none' }
      // a number in a folder, such as Meta/1.png, is not a number that a spreadsheet has shortened
      const keys = parts.length > 1 ? KEYS.slice(0, -1) : KEYS
      for (const [distance, keyOf] of keys.entries()) {
        const found = indexes()[distance]!.get(keyOf(last))
        if (found === undefined) continue
        const best = tree.withLongestTail(found, parts)
        const path = closest(best, parts, { folder, tree, role })
        return path === null ? { kind: 'several' } : { kind: 'file', path, distance }
      }
      return { kind: 'none' }
    },
  }
}

type IndexedFile = { readonly path: string; readonly parts: readonly string[] }
type Files = readonly IndexedFile[]

/** Of several files with equal tails: the one in the folder of the table, or with exactly this path. */
function closest(
  best: Files,
  parts: readonly string[],
  { folder, tree, role }: TablePlace & { readonly tree: ReturnType<typeof tailTree> },
): string | null {
  if (best.length === 1) return best[0]!.path
  const { only, shortest } = tree.inFolder(best, folder)
  if (only !== null) return only
  const isExact = shortest !== null && shortest === [...partsOf(folder), ...parts].join('/')
  if (isExact) return shortest
  return role === null ? null : tree.inPart(best, role)
}

/** Folders that a name and a path may share from the end; further ones are not compared. */
const MOST_SHARED = 32

/**
 * Files by the folders that they share with a name from the end. A name such as 0.jpg may be in 200,000 folders, and in
 * as many rows of a table: what was found for one row is kept for the next.
 */
function tailTree() {
  const below = new Map<Files, ReadonlyMap<string, Files>>()
  const inParts = new Map<Files, { role: PartRole; only: string | null }>()
  const here = new Map<Files, { folder: string; only: string | null; shortest: string | null }>()

  function byFolder(files: Files, depth: number): ReadonlyMap<string, Files> {
    const known = below.get(files)
    if (known !== undefined) return known
    const inFolders = files.filter(({ parts }) => parts.length > depth)
    const made = Map.groupBy(inFolders, ({ parts }) => parts.at(-1 - depth)!.toLowerCase())
    below.set(files, made)
    return made
  }

  return {
    /** Those of `files` whose path has the longest tail in common with a name. */
    withLongestTail(files: Files, parts: readonly string[]): Files {
      let best = files
      for (let depth = 1; best.length > 1 && depth < Math.min(parts.length, MOST_SHARED); depth++) {
        const closer = byFolder(best, depth).get(parts.at(-1 - depth)!.toLowerCase())
        if (closer === undefined) break
        best = closer
      }
      return best
    },
    /** The only file in a folder of this part of the set: `0.jpg` of train.json is train2017/0.jpg. */
    inPart(files: Files, role: PartRole): string | null {
      const known = inParts.get(files)
      if (known?.role === role) return known.only
      const own = files.filter(({ parts }) => parts.slice(0, -1).some((name) => partOf(name)?.role === role))
      const only = own.length === 1 ? own[0]!.path : null
      inParts.set(files, { role, only })
      return only
    },
    /** The only file in a folder, and of several the one with the fewest folders. */
    inFolder(
      files: Files,
      folder: string,
    ): { readonly only: string | null; readonly shortest: string | null } {
      const known = here.get(files)
      if (known?.folder === folder) return known
      const inside = files.filter(({ path }) => folder === '' || path.startsWith(`${folder}/`))
      const [shortest] = inside.toSorted((a, b) => a.parts.length - b.parts.length)
      const made = {
        folder,
        only: inside.length === 1 ? inside[0]!.path : null,
        shortest: shortest?.path ?? null,
      }
      here.set(files, made)
      return made
    },
  }
}

function lazily<T>(make: () => T): () => T {
  let made: { readonly value: T } | null = null
  return () => (made ??= { value: make() }).value
}

/** The folders and the name in a path of any system, a URL, or a query such as `?d=folder/1.jpg`. */
export function partsOf(name: string): readonly string[] {
  const text = visible(name)
    .normalize('NFC')
    .trim()
    .replace(/^=?["']|["']$/g, '')
  const isUrl = /^[a-z][a-z0-9+.-]+:\/\//i.test(text)
  const path =
    /[?&](?:d|file|path|name)=([^&]+)/i.exec(text)?.[1] ?? (isUrl ? text.replace(/[?#].*$/, '') : text)
  return decoded(path)
    .replaceAll('\\', '/')
    .split('/')
    .filter((part) => part !== '' && part !== '.' && part !== '..')
}

function decoded(path: string): string {
  if (!/%[0-9a-f]{2}/i.test(path)) return path
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}
