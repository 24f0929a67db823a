/** The README of an exported snapshot: what is in it, what is missing, and how other programs read it. Pure. */
import type { Snapshot } from '#lib/data/values.ts'
import { counted } from '#lib/domain/text/count-text.ts'
import type { SetLine } from '#lib/domain/exported-set.ts'
import { METADATA_FILE } from '#lib/domain/exported-set.ts'
import { SPLITS, type Split } from '#lib/domain/classifier.ts'

export type MissingImage = {
  readonly hash: string
  readonly label: string
  readonly split: Split | null
  readonly filename: string | null
  readonly reason: string
}

export function snapshotReadme({
  snapshot: { hash, classifierId, createdAt },
  title,
  lines,
  missing,
}: {
  readonly snapshot: Snapshot
  readonly title: string
  readonly lines: readonly SetLine[]
  readonly missing: readonly MissingImage[]
}): string {
  const parts = SPLITS.filter((split) => lines.some((line) => line.split === split))
  const classes = [...new Set(lines.map(({ label }) => label))].sort()
  const [first = 'train'] = parts
  return `# ${oneLine(title)}: snapshot ${hash.slice(0, 12)}

${counted(lines.length, 'image')} of the classifier "${classifierId}", as they were on ${createdAt.toISOString()}.

| class | ${parts.join(' | ')} |
|---|${parts.map(() => '--:|').join('')}
${classes.map((label) => rowOf(label, parts, lines)).join('\n')}

- Each image is in \`<split>/<class>/\`, unchanged, with the first digits of its SHA-256 as its name.
- \`${METADATA_FILE}\` has one line per image: class, split, group and SHA-256. Characters of a class name that are not
  allowed in folder names are replaced in the folder, but not in \`${METADATA_FILE}\`. Images of a group are near-copies
  of each other: never train on one and test on another.
- Snapshot: \`${hash}\`
${missingText(missing)}
## Use it

- **Darkroom**: upload the ZIP archive as it is (\`POST /api/upload\`, or the page *Add images*). Classes, splits and
  groups come back as they were.
- **Keras**: \`keras.utils.image_dataset_from_directory("${first}")\`; it reads PNG, JPEG, GIF and BMP.
- **torchvision**: \`torchvision.datasets.ImageFolder("${first}")\`
- **Hugging Face**: \`datasets.load_dataset("imagefolder", data_dir=".")\`; the class is the column \`label\`.
`
}

function rowOf(label: string, parts: readonly Split[], lines: readonly SetLine[]): string {
  const own = lines.filter((line) => line.label === label)
  const counts = parts.map((split) => own.filter((line) => line.split === split).length)
  return `| ${oneLine(label).replaceAll('|', '\\|')} | ${counts.join(' | ')} |`
}

function missingText(missing: readonly MissingImage[]): string {
  if (missing.length === 0) return ''
  const rows = missing.map(
    ({ hash, label, split, filename, reason }) =>
      `- \`${hash}\`: ${oneLine(filename ?? 'name not known')}, ${oneLine(label)}, ` +
      `${split ?? 'train'}: ${reason}`,
  )
  return `
## Missing images

${counted(missing.length, 'image is', 'images are')} not in this archive. An upload of it therefore
gives a snapshot with another hash.

${rows.join('\n')}
`
}

const oneLine = (text: string): string => text.replace(/[\p{Cc}\u2028\u2029]/gu, ' ')
