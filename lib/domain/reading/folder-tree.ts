/** The folders of a set with how many images each has. Pure. */
import { DarkroomError } from '../errors.ts'

export type ListedFile = {
  readonly path: string
  readonly bytes?: number
  /** Of the content; the same on every way in, or absent. */
  readonly checksum?: number
}

export type Folder = {
  readonly name: string
  /** From the top, `''` for the top itself. */
  readonly path: string
  /** Images directly in it. */
  readonly images: readonly ListedFile[]
  readonly folders: readonly Folder[]
  /** Images in it and below. */
  readonly total: number
}

/** Each takes half a kilobyte, and its path. A set may have 200,000 files. */
const MOST_FOLDERS = 250_000

type Draft = { name: string; path: string; images: ListedFile[]; folders: Map<string, Draft> }

const draft = (name: string, path: string): Draft => ({ name, path, images: [], folders: new Map() })

/** @throws bad_data_file where there are more folders than a set has files, most of them in one another */
export function folderTree(images: readonly ListedFile[]): Folder {
  const top = draft('', '')
  let count = 0
  for (const image of images) {
    let at = top
    for (const name of foldersOf(image.path)) {
      const known = at.folders.get(name)
      const next = known ?? draft(name, at.path === '' ? name : `${at.path}/${name}`)
      if (!known) {
        if (++count > MOST_FOLDERS) throw tooManyFolders()
        at.folders.set(name, next)
      }
      at = next
    }
    at.images.push(image)
  }
  return finished(top)
}

function finished({ name, path, images, folders }: Draft): Folder {
  const below = [...folders.values()].map(finished)
  return { name, path, images, folders: below, total: images.length + below.reduce((n, f) => n + f.total, 0) }
}

export const foldersOf = (path: string): string[] => path.split('/').slice(0, -1)
export const folderOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')))

/** Every image in a folder and below. */
export function* imagesBelow(folder: Folder): Generator<ListedFile> {
  const waiting = [folder]
  for (let one = waiting.pop(); one !== undefined; one = waiting.pop()) {
    for (const image of one.images) yield image
    for (const below of one.folders) waiting.push(below)
  }
}

/** A folder without some of its subfolders. */
export function without(folder: Folder, left: ReadonlySet<Folder>): Folder {
  if (left.size === 0) return folder
  const folders = folder.folders.filter((one) => !left.has(one))
  return { ...folder, folders, total: folder.images.length + folders.reduce((n, f) => n + f.total, 0) }
}

const tooManyFolders = (): DarkroomError =>
  new DarkroomError('bad_data_file', {
    what: 'These files cannot be used',
    why: `they are in more than ${MOST_FOLDERS.toLocaleString('en')} folders`,
    remedy: 'Send one folder for each class.',
  })
