/** Splits the selected files into upload requests, and says in words what may be uploaded. Pure; sends nothing. */
import type { NamedFile } from '#lib/contracts/client.ts'
import { isTableName } from '#lib/domain/reading/table-files.ts'
import type { SelectedFile } from '#lib/ui/drop-zone.tsx'
import { numberText } from '#lib/ui/figure-number.tsx'

export const isZip = ({ file }: Pick<SelectedFile, 'file'>): boolean => /\.(?:zip|tm)$/i.test(file.name)

/** Images that are in no folder, next to no label table: a user names their class. */
export function unsortedIn(entries: readonly SelectedFile[]): readonly SelectedFile[] {
  const loose = entries.filter((one) => !isZip(one))
  // a text may be a list of labels or just notes, so only the formats of tables count
  const hasTable = loose.some(({ path }) => isTableName(path) && !/\.txt$/i.test(path))
  return hasTable ? [] : loose.filter(({ path }) => !path.includes('/'))
}

export type UploadRequest = {
  readonly files: readonly NamedFile[]
  readonly label?: string
  readonly reading?: string
  /** The images are frames of one recording. */
  readonly one_group?: true
  /** The images wait for their labels. */
  readonly unlabelled?: true
}

/** All images, in folders or not, wait for their labels; tables that would name them are not sent. */
export const unlabelledRequests = (entries: readonly SelectedFile[]): readonly UploadRequest[] => {
  const files = entries.filter(({ path }) => !isTableName(path))
  return files.length === 0 ? [] : [{ files: files.map(named), unlabelled: true }]
}

/** Images without a folder are one request with `label`; folders and tables another; archives belong together. A
 *  table that came with archives alone is for their images. */
export function uploadRequests(entries: readonly SelectedFile[], label: string): readonly UploadRequest[] {
  const zips = entries.filter(isZip)
  const unsorted = unsortedIn(entries)
  const sorted = entries.filter((one) => !isZip(one) && !unsorted.includes(one))
  const areTables = sorted.every(({ path }) => isTableName(path))
  const groups = areTables ? [[...sorted, ...zips]] : [sorted, zips]
  return [
    ...(unsorted.length > 0 ? [{ files: unsorted.map(named), label }] : []),
    ...groups.filter((group) => group.length > 0).map((group) => ({ files: group.map(named) })),
  ]
}

const named = ({ file, path }: SelectedFile): NamedFile =>
  path === file.name ? file : { blob: file, name: path }

/** What may be uploaded, in words. */
export const hintOf = ({
  uploadBytes,
  imageBytes,
}: {
  readonly uploadBytes: number
  readonly imageBytes: number
}): string =>
  'Folders or a label table (CSV, JSON) name the classes. ' +
  `Up to ${numberText({ bytes: uploadBytes })} per upload and ${numberText({ bytes: imageBytes })} per image.`
