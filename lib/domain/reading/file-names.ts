/** Finds the file that a table means by a name: the file whose path has the longest tail in common with it, in the
 *  spelling, extension and prefix in which tools write names. Pure. */
import { visible } from '../visible-text.ts'

export type NameMatch =
  | {
      readonly kind: 'file'
      readonly path: string
      /** 0 is the exact name; more is further from it. */ readonly distance: number
    }
  | { readonly kind: 'several' }
  | { readonly kind: 'none' }

export type FileIndex = { readonly find: (name: string, folder: string) => NameMatch }

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
  const files = paths.map((path) => ({ path, parts: partsOf(path) }))
  const byFolder = Map.groupBy(files, ({ parts }) => folderAndName(parts))
  const indexes = KEYS.map((keyOf) => Map.groupBy(files, ({ parts }) => keyOf(parts.at(-1) ?? '')))
  return {
    find(name, folder) {
      const parts = partsOf(name)
      const last = parts.at(-1)
      if (last === undefined || last === '') return { kind: 'none' }
      for (const [distance, keyOf] of KEYS.entries()) {
        const found = indexes[distance]!.get(keyOf(last))
        if (found === undefined) continue
        // a name such as 0.jpg may be in a thousand folders
        const inFolder = distance < 2 && found.length > 1 ? byFolder.get(folderAndName(parts)) : undefined
        const path = closest(inFolder ?? found, parts, folder)
        return path === null ? { kind: 'several' } : { kind: 'file', path, distance }
      }
      return { kind: 'none' }
    },
  }
}

const folderAndName = (parts: readonly string[]): string => parts.slice(-2).join('/').toLowerCase()

type IndexedFile = { readonly path: string; readonly parts: readonly string[] }

/** By the folders that the name and the path share from the end; then by the folder of the table. */
function closest(found: readonly IndexedFile[], parts: readonly string[], folder: string): string | null {
  if (found.length === 1) return found[0]!.path
  const tails = found.map((file) => sharedTail(file.parts, parts))
  const longest = Math.max(...tails)
  const best = found.filter((_, i) => tails[i] === longest)
  if (best.length === 1) return best[0]!.path
  const here = best.filter(({ path }) => folder === '' || path.startsWith(`${folder}/`))
  if (here.length === 1) return here[0]!.path
  const [shortest] = here.toSorted((a, b) => a.parts.length - b.parts.length)
  const isExact = shortest !== undefined && shortest.path === [...partsOf(folder), ...parts].join('/')
  return isExact ? shortest.path : null
}

function sharedTail(a: readonly string[], b: readonly string[]): number {
  let n = 1
  while (n < a.length && n < b.length && same(a.at(-1 - n)!, b.at(-1 - n)!)) n++
  return n
}
const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase()

/** The folders and the name in a path of any system, a URL, or a query such as `?d=folder/1.jpg`. */
export function partsOf(name: string): readonly string[] {
  const text = visible(name)
    .normalize('NFC')
    .trim()
    .replace(/^["']|["']$/g, '')
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
