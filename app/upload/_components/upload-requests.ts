/** Splits files into upload requests: each ZIP alone, all images together with one label per file. Pure; sends
 *  nothing. */
import type { SelectedFile } from '#lib/ui/drop-zone.tsx'

export const isZip = ({ file }: Pick<SelectedFile, 'file'>): boolean => /\.zip$/i.test(file.name)

type UploadRequest = { readonly files: readonly File[]; readonly labels?: readonly string[] }

/** A file from a folder gets the name of the folder as its label, any other file gets `label`. */
export function uploadRequests(entries: readonly SelectedFile[], label: string): readonly UploadRequest[] {
  const images = entries.filter((one) => !isZip(one))
  const together =
    images.length > 0
      ? [{ files: images.map(({ file }) => file), labels: images.map(({ folder }) => folder ?? label) }]
      : []
  return [...together, ...entries.filter(isZip).map(({ file }) => ({ files: [file] }))]
}
