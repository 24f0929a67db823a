/** How a page names the set, the source and the state of an image. */
import type { SampleAnswer } from '#lib/contracts/uploads.ts'

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
