/** How a page names the kinds of findings. */
import type { FindingKind } from '#lib/domain/findings/finding.ts'

export const FINDING_NAMES: Readonly<Record<FindingKind, string>> = {
  label_conflict: 'Uploaded with several labels',
  duplicate_other_class: 'Same image in another class',
  duplicate_in_test: 'Near-copy of a test image',
  mislabelled: 'Label may be wrong',
  unreadable: 'Unreadable file',
  dark: 'Very dark',
  light: 'Very bright',
  low_information: 'Nearly empty',
  blurry: 'Blurred',
  outlier: 'Unlike the others',
  exact_duplicate: 'Same pixels twice',
  near_duplicate: 'Near-copies',
  odd_aspect: 'Unusual proportions',
  odd_size: 'Unusual size',
  too_few: 'Too few images',
  imbalance: 'Much rarer class',
}
