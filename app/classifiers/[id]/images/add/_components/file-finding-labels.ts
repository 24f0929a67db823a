/** The label of each kind of finding, and whether the file was not added because of it. */
import type { UploadReport } from '#lib/contracts/uploads.ts'

type Kind = UploadReport['findings'][number]['kind']

export const FILE_FINDING_LABELS: Readonly<
  Record<Kind, { readonly label: string; readonly isLoss: boolean }>
> = {
  corrupt: { label: 'Unreadable', isLoss: true },
  not_an_image: { label: 'Not an image', isLoss: true },
  too_large: { label: 'Too large', isLoss: true },
  duplicate_in_upload: { label: 'Duplicate in this upload', isLoss: false },
  already_there: { label: 'Already uploaded', isLoss: false },
  same_picture_other_label: { label: 'Several labels', isLoss: true },
  stray_file: { label: 'Ignored', isLoss: false },
  refused_entry: { label: 'Rejected', isLoss: true },
  no_label: { label: 'No class', isLoss: true },
  tiny: { label: 'Very small', isLoss: false },
  near_copy: { label: 'Near-copy', isLoss: false },
}
