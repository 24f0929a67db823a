/** The meaning of the folders in a set of images: `cats/1.png`, `train/cats/1.png`, either of them one or
 *  two folders deeper. Pure: it sees only paths; whether a file is an image is checked later, by its
 *  bytes. */

export type Place =
  | { readonly kind: 'image'; readonly label: string; readonly split: 'train' | 'test' | null }
  | { readonly kind: 'stray'; readonly reason: string }

export type Layout = { readonly classes: readonly string[]; readonly placeOf: (path: string) => Place }

const SPLIT_OF: Readonly<Record<string, 'train' | 'test'>> = {
  train: 'train',
  training: 'train',
  training_set: 'train',
  val: 'train',
  valid: 'train',
  validation: 'train',
  validation_set: 'train',
  test: 'test',
  testing: 'test',
  test_set: 'test',
}
const LONGEST_CLASS = 200
/** Only for recognising the layout: the type of a file depends on its bytes. */
const IMAGE_NAME = /\.(?:png|jpe?g|jfif|gif|bmp|dib|webp|tiff?|avif)$/i

export function layoutOf(paths: readonly string[]): Layout {
  const images = paths.filter((path) => IMAGE_NAME.test(path))
  const telling = (images.length > 0 ? images : paths).map(foldersOf).filter((folders) => folders.length > 0)
  const around = wrappersOf(telling)
  const inside = telling.map((folders) => folders.slice(around.length))
  const hasSplits = inside.length > 0 && inside.every((folders) => splitOf(folders[0]) !== undefined)
  const placeOf = (path: string): Place => place(foldersOf(path), around, hasSplits)
  const classes = new Set(
    paths.map(placeOf).flatMap((place) => (place.kind === 'image' ? [place.label] : [])),
  )
  return { classes: [...classes].toSorted(byNumberThenName), placeOf }
}

const foldersOf = (path: string): string[] => path.split('/').slice(0, -1)

/** The common parent folders without meaning: all images are in them, or deeper. */
function wrappersOf(telling: readonly (readonly string[])[]): readonly string[] {
  const around: string[] = []
  while (telling.length > 0) {
    const depth = around.length
    const name = telling[0]![depth]!
    const isWrapper =
      splitOf(name) === undefined &&
      telling.every((folders) => folders[depth] === name && folders.length > depth + 1)
    if (!isWrapper) break
    around.push(name)
  }
  return around
}

function place(folders: readonly string[], around: readonly string[], hasSplits: boolean): Place {
  if (around.some((name, i) => folders[i] !== name))
    return { kind: 'stray', reason: `it is outside ${around.join('/')}/` }
  const inside = folders.slice(around.length)
  const split = hasSplits ? splitOf(inside[0]) : undefined
  if (hasSplits && split === undefined) return { kind: 'stray', reason: 'it is outside train/ and test/' }
  const label = inside[hasSplits ? 1 : 0]?.trim()
  if (label === undefined || label === '') return { kind: 'stray', reason: 'it is not in a class folder' }
  if (label.length > LONGEST_CLASS)
    return {
      kind: 'stray',
      reason: `its class name has ${label.length} characters, and the limit is ${LONGEST_CLASS}`,
    }
  return { kind: 'image', label, split: split ?? null }
}

const splitOf = (folder: string | undefined): 'train' | 'test' | undefined =>
  folder === undefined || !Object.hasOwn(SPLIT_OF, folder.toLowerCase())
    ? undefined
    : SPLIT_OF[folder.toLowerCase()]

/** 2 before 10, the rest by code units: the same order on every machine. */
function byNumberThenName(a: string, b: string): number {
  if (/^\d+$/.test(a) && /^\d+$/.test(b) && Number(a) !== Number(b)) return Number(a) - Number(b)
  if (a === b) return 0
  return a < b ? -1 : 1
}
