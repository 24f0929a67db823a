/** The states of a sample and their transitions: one model for browsing, training, the trash and the change
 *  log. Pure rules. Permissions and storage are not decided here. */
import type { Split } from './classifier.ts'
import { splitOf } from './grouping/splits.ts'

/** How long the trash keeps a sample; issue 18 §6. */
export const TRASH_DAYS = 30
const DAY_MS = 86_400_000

/** Who excludes an image with several labels, in the log of changes. */
export const CONFLICT_AUTHOR = 'an upload (several labels)'

export type SampleState = {
  /** Null: not labelled yet. */
  readonly label: string | null
  /** Null exactly while there is no label: the split is set with the label. */
  readonly split: Split | null
  /** A person gave the split; otherwise the content determines it (group-splits.ts). */
  readonly isSplitGiven: boolean
  readonly excludedAt: Date | null
  readonly trashedAt: Date | null
}

/** The state in one word; the first that applies. */
export type SampleCondition = 'trashed' | 'excluded' | 'unlabelled' | 'active'

export function conditionOf({ label, excludedAt, trashedAt }: SampleState): SampleCondition {
  if (trashedAt !== null) return 'trashed'
  if (excludedAt !== null) return 'excluded'
  return label === null ? 'unlabelled' : 'active'
}

/** Whether training, evaluation and every count of "samples" may use it; lib/data has the same rule in SQL
 *  (USABLE).
 *  @public the rule in one place */
export const isUsable = (state: SampleState): boolean => conditionOf(state) === 'active'

/** The changes of one request; absent fields stay as they are. */
export type SampleEdit = {
  readonly label?: string | null | undefined
  readonly split?: Split | undefined
  readonly isExcluded?: boolean | undefined
  readonly isTrashed?: boolean | undefined
}

export type EditResult =
  | { readonly kind: 'changed'; readonly state: SampleState }
  | { readonly kind: 'same' }
  | { readonly kind: 'refused'; readonly why: 'in the trash' | 'without a label' }

/** The state after an edit. In the trash only restoring is possible; without a label there is no split
 *  to choose. */
export function edited(
  state: SampleState,
  edit: SampleEdit,
  { hash, at }: { readonly hash: string; readonly at: Date },
): EditResult {
  const trashedAt = since(state.trashedAt, edit.isTrashed, at)
  const changesMore = edit.label !== undefined || edit.split !== undefined || edit.isExcluded !== undefined
  if (state.trashedAt !== null && trashedAt !== null && changesMore)
    return { kind: 'refused', why: 'in the trash' }
  const label = edit.label === undefined ? state.label : edit.label
  if (label === null && edit.split !== undefined) return { kind: 'refused', why: 'without a label' }
  const split = label === null ? null : (edit.split ?? state.split ?? splitOf(hash, null))
  const isSplitGiven = label !== null && (edit.split !== undefined || state.isSplitGiven)
  const next = {
    label,
    split,
    isSplitGiven,
    excludedAt: since(state.excludedAt, edit.isExcluded, at),
    trashedAt,
  }
  return isSame(state, next) ? { kind: 'same' } : { kind: 'changed', state: next }
}

/** The time since when a condition holds: repeating the request does not change it. */
function since(before: Date | null, wish: boolean | undefined, at: Date): Date | null {
  if (wish === undefined) return before
  return wish ? (before ?? at) : null
}

const FIELDS = ['label', 'split', 'excludedAt', 'trashedAt'] as const
export type SampleField = (typeof FIELDS)[number]

const plain = (value: string | Date | null): string | number | null =>
  value instanceof Date ? value.getTime() : value

/** The fields in which two states differ. */
export const differingFields = (a: SampleState, b: SampleState): readonly SampleField[] =>
  FIELDS.filter((field) => plain(a[field]) !== plain(b[field]))

const isSame = (a: SampleState, b: SampleState): boolean =>
  differingFields(a, b).length === 0 && a.isSplitGiven === b.isSplitGiven

export type Undone =
  | { readonly kind: 'undone'; readonly state: SampleState }
  /** These fields were changed again since: undoing would silently discard later work. */
  | { readonly kind: 'changed-since'; readonly fields: readonly SampleField[] }

/** Undoes the change of one sample: only the fields that the change touched are restored. */
export function undone(
  current: SampleState,
  { before, after }: { readonly before: SampleState; readonly after: SampleState },
): Undone {
  const touched = differingFields(before, after)
  const fields = touched.filter((field) => plain(current[field]) !== plain(after[field]))
  if (fields.length > 0) return { kind: 'changed-since', fields }
  const isSplitGiven = before.isSplitGiven === after.isSplitGiven ? current.isSplitGiven : before.isSplitGiven
  const state = { ...current, isSplitGiven }
  const back = Object.fromEntries(touched.map((field) => [field, before[field]]))
  return { kind: 'undone', state: { ...state, ...back } }
}

/** The name of a change in the log: by its effect on samples, or on a class. */
const SAMPLE_CHANGES = ['relabel', 'split', 'exclude', 'include', 'trash', 'restore', 'several'] as const
export const CHANGE_KINDS = [...SAMPLE_CHANGES, 'rename_class', 'merge_classes', 'remove_class'] as const
/** What a change in the log did to a class. */
export const CLASS_EDITS = ['renamed', 'removed', 'added'] as const
export type ChangeKind = (typeof CHANGE_KINDS)[number]

export function changeKind(edit: SampleEdit): ChangeKind {
  const kinds: ChangeKind[] = []
  if (edit.label !== undefined) kinds.push('relabel')
  if (edit.split !== undefined) kinds.push('split')
  if (edit.isExcluded !== undefined) kinds.push(edit.isExcluded ? 'exclude' : 'include')
  if (edit.isTrashed !== undefined) kinds.push(edit.isTrashed ? 'trash' : 'restore')
  return kinds.length === 1 ? kinds[0]! : 'several'
}

/** When the trash permanently deletes what was moved to it at `at`. */
export const trashedUntil = (at: Date): Date => new Date(at.getTime() + TRASH_DAYS * DAY_MS)
