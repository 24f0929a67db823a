/** A snapshot as a set of files: folders and names, the split that each image comes back with, and the lines of
 *  `metadata.jsonl`. Pure; lib/training writes the archive, reading/darkroom-set.ts reads the lines. */
import type { Split } from './classifier.ts'
import { systemReason } from './reading/system-files.ts'
import { splitOf } from './grouping/splits.ts'

export type SetEntry = {
  readonly hash: string
  readonly label: string
  /** Null: it trains, and is evaluated by cross-validation. */
  readonly split: Split | null
  readonly group?: string | null | undefined
}

/** One line of `metadata.jsonl`. `file_name` is the name that Hugging Face's imagefolder requires. */
export type SetLine = {
  readonly file_name: string
  readonly label: string
  readonly split: Split
  /** False: the content of the image determines its split when it is uploaded again. */
  readonly is_split_given: boolean
  /** Images of a group are near-copies or of one burst: the smallest hash of the group. */
  readonly group: string | null
  readonly sha256: string
}

export const METADATA_FILE = 'metadata.jsonl'
export const README_FILE = 'README.md'

const EXTENSIONS: Readonly<Record<string, string>> = {
  'image/png': 'png',
  'image/jpeg': 'jpg',
  'image/gif': 'gif',
  'image/bmp': 'bmp',
  'image/webp': 'webp',
  'image/tiff': 'tif',
  'image/avif': 'avif',
  'image/heic': 'heic',
}
export const extensionOf = (mediaType: string): string => EXTENSIONS[mediaType] ?? 'img'

/** Enough of a hash for a name: two of 200,000 images have the same 80 bits with a probability of 2e-14. */
const NAME_DIGITS = 20
const LONGEST_FOLDER = 80
const RESERVED = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i

/** The lines of a snapshot, in its order. `mediaTypeOf`: of stored images only; others are left out.
 *  `isSplitGiven`: whether a person gave the split, as far as that is known. */
export function setLines(
  entries: readonly SetEntry[],
  {
    mediaTypeOf,
    isSplitGiven,
  }: {
    readonly mediaTypeOf: (hash: string) => string | null
    readonly isSplitGiven: (hash: string) => boolean
  },
): readonly SetLine[] {
  const folders = classFolders(entries.map(({ label }) => label))
  const mixed = mixedGroups(entries)
  return entries.flatMap(({ hash, label, split, group }): SetLine[] => {
    const mediaType = mediaTypeOf(hash)
    if (mediaType === null) return []
    const part = split ?? 'train'
    return [
      {
        file_name: `${part}/${folders.get(label)!}/${hash.slice(0, NAME_DIGITS)}.${extensionOf(mediaType)}`,
        label,
        split: part,
        is_split_given:
          isSplitGiven(hash) ||
          (group != null && mixed.has(group)) ||
          (split !== null && split !== splitOf(hash, null)),
        group: group ?? null,
        sha256: hash,
      },
    ]
  })
}

/** Groups with images inside and outside the test set. Their splits are always given: otherwise all of their images
 *  would be tested. */
function mixedGroups(entries: readonly SetEntry[]): ReadonlySet<string> {
  const inTest = new Set(entries.flatMap(({ split, group }) => (split === 'test' ? (group ?? []) : [])))
  return new Set(
    entries.flatMap(({ split, group }) =>
      split !== 'test' && group != null && inTest.has(group) ? group : [],
    ),
  )
}

/** A folder name for each class that every file system and every reader accepts; different also where upper and lower
 *  case are the same. The class name itself is in `metadata.jsonl`. */
export function classFolders(labels: readonly string[]): ReadonlyMap<string, string> {
  const taken = new Set<string>()
  const folders = new Map<string, string>()
  for (const label of [...new Set(labels)].sort()) {
    const name = folderName(label)
    let folder = name
    for (let n = 2; taken.has(keyOf(folder)); n++) folder = `${name}-${n}`
    taken.add(keyOf(folder))
    folders.set(label, folder)
  }
  return folders
}

const keyOf = (folder: string): string => folder.normalize('NFKC').toLowerCase()

function folderName(label: string): string {
  const name = [...label.normalize('NFC').replace(/[<>:"/\\|?*\p{Cc}]/gu, '_')]
    .slice(0, LONGEST_FOLDER)
    .join('')
    .replace(/[. ]+$/, '')
    .trim()
  const isUsual = name !== '' && !/^[._~@#$]/.test(name) && !RESERVED.test(name)
  return isUsual && systemReason(`${name}/1.png`) === null ? name : `class-${name.replace(/^[.~@#$ ]+/, '')}`
}
