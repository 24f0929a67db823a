/** The states of a sample and what may follow which: one model for browsing, training, the trash and the log
 *  of changes. Pure rules. Who may change a sample and where its state is stored is not decided here. */
import type { Split } from './classifier.ts'
import { splitOf } from './splits.ts'

/** How long the trash keeps something; issue 18 §6. */
export const TRASH_DAYS = 30
const DAY_MS = 86_400_000

export type SampleState = {
  /** Null: not labelled yet. */
  readonly label: string | null
  /** Null exactly while there is no label: the split is given with the label. */
  readonly split: Split | null
  readonly excludedAt: Date | null
  readonly trashedAt: Date | null
}

/** The one word for a state; the first that applies. */
export type SampleCondition = 'trashed' | 'excluded' | 'unlabelled' | 'active'

export function conditionOf({ label, excludedAt, trashedAt }: SampleState): SampleCondition {
  if (trashedAt !== null) return 'trashed'
  if (excludedAt !== null) return 'excluded'
  return label === null ? 'unlabelled' : 'active'
}

/** Whether training, evaluation and every count of "samples" may use it; lib/data asks the same in SQL
 *  (USABLE).
 *  @public the rule in one place */
export const isUsable = (state: SampleState): boolean => conditionOf(state) === 'active'

/** What a person asks for at once; absent: as it is. */
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

/** The state after an edit. In the trash nothing but restoring is possible; without a label there is no split
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
  const next = { label, split, excludedAt: since(state.excludedAt, edit.isExcluded, at), trashedAt }
  return isSame(state, next) ? { kind: 'same' } : { kind: 'changed', state: next }
}

/** Since when something is so: a repeated wish does not move the time. */
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

const isSame = (a: SampleState, b: SampleState): boolean => differingFields(a, b).length === 0

export type Undone =
  | { readonly kind: 'undone'; readonly state: SampleState }
  /** These fields were changed again since: undoing would take somebody's later work back without a word. */
  | { readonly kind: 'changed-since'; readonly fields: readonly SampleField[] }

/** One sample of a change, taken back: only the fields that the change touched return to what they were. */
export function undone(
  current: SampleState,
  { before, after }: { readonly before: SampleState; readonly after: SampleState },
): Undone {
  const touched = differingFields(before, after)
  const fields = touched.filter((field) => plain(current[field]) !== plain(after[field]))
  if (fields.length > 0) return { kind: 'changed-since', fields }
  const state = { ...current }
  const back = Object.fromEntries(touched.map((field) => [field, before[field]]))
  return { kind: 'undone', state: { ...state, ...back } }
}

/** What a change is called in the log: by what it did to its first sample. */
export const CHANGE_KINDS = ['relabel', 'split', 'exclude', 'include', 'trash', 'restore', 'several'] as const
export type ChangeKind = (typeof CHANGE_KINDS)[number]

export function changeKind(edit: SampleEdit): ChangeKind {
  const kinds: ChangeKind[] = []
  if (edit.label !== undefined) kinds.push('relabel')
  if (edit.split !== undefined) kinds.push('split')
  if (edit.isExcluded !== undefined) kinds.push(edit.isExcluded ? 'exclude' : 'include')
  if (edit.isTrashed !== undefined) kinds.push(edit.isTrashed ? 'trash' : 'restore')
  return kinds.length === 1 ? kinds[0]! : 'several'
}

/** When the trash is emptied of what was put there at a time. */
export const trashedUntil = (at: Date): Date => new Date(at.getTime() + TRASH_DAYS * DAY_MS)
