/** How a page names the set, the source and the state of an image, and a change of images. */
import type { SampleAnswer } from '#lib/contracts/uploads.ts'
import { counted } from '#lib/domain/text/count-text.ts'
import type { Edit } from './sample-edit.ts'

export const SPLIT_NAMES = { train: 'Training set', validation: 'Validation set', test: 'Test set' } as const
export const SOURCE_NAMES = { dataset: 'Dataset', upload: 'Upload', feedback: 'Correction' } as const

export const labelText = ({ label }: Pick<SampleAnswer, 'label'>): string => label ?? 'No label'

/** What a screen reader says about a tile. */
export function describedSample(sample: SampleAnswer): string {
  const { filename, split, is_excluded: isExcluded, trashed_at: trashedAt, predicted, label } = sample
  return [
    labelText(sample),
    filename,
    split && SPLIT_NAMES[split].toLowerCase(),
    isExcluded && 'excluded',
    trashedAt !== null && 'in the trash',
    predicted !== null && predicted.class !== label && `predicted as ${predicted.class}`,
  ]
    .filter((part) => part)
    .join(', ')
}

/** What a change did to so many images. */
export function changeText(
  { label, split, is_excluded: excluded, is_trashed: trashed }: Edit,
  count: number,
): string {
  if (count === 0) return 'No changes were needed.'
  const images = counted(count, 'image')
  if (typeof label === 'string') return `${images} labelled “${label}”.`
  if (label === null) return `Label removed from ${images}.`
  if (split !== undefined) return `${images} moved to the ${SPLIT_NAMES[split].toLowerCase()}.`
  if (excluded !== undefined)
    return excluded ? `${images} excluded from training.` : `${images} included again.`
  return trashed ? `${images} moved to the trash.` : `${images} restored.`
}
