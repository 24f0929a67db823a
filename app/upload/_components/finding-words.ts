/** What each kind of finding is called on the page, and whether the file was lost by it. */
import type { UploadReport } from '#lib/contracts/uploads.ts'

type Kind = UploadReport['findings'][number]['kind']

export const FINDING_WORDS: Readonly<Record<Kind, { readonly words: string; readonly isLoss: boolean }>> = {
  corrupt: { words: 'cannot be read', isLoss: true },
  not_an_image: { words: 'not a picture', isLoss: true },
  too_large: { words: 'too large', isLoss: true },
  duplicate_in_upload: { words: 'twice in this upload', isLoss: false },
  already_there: { words: 'already there', isLoss: false },
  same_picture_other_label: { words: 'known under another class', isLoss: true },
  stray_file: { words: 'left aside', isLoss: false },
  refused_entry: { words: 'refused', isLoss: true },
  no_label: { words: 'without a class', isLoss: true },
  tiny: { words: 'very small', isLoss: false },
}
