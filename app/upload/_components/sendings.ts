/** How brought files become requests: each ZIP alone, everything else together with one label per file. Pure;
 *  sends nothing. */
import type { Brought } from '#lib/ui/drop-zone.tsx'

type Sendings = { readonly files: readonly File[]; readonly labels?: readonly string[] }

/** `label` is for loose files; a file from a folder is labelled by the folder. */
export function sendingsOf(brought: readonly Brought[], label: string): readonly Sendings[] {
  const isZip = ({ file }: Brought) => /\.zip$/i.test(file.name)
  const pictures = brought.filter((one) => !isZip(one))
  const together =
    pictures.length > 0
      ? [{ files: pictures.map(({ file }) => file), labels: pictures.map(({ folder }) => folder ?? label) }]
      : []
  return [...together, ...brought.filter(isZip).map(({ file }) => ({ files: [file] }))]
}
