/** How the list of changes describes a change of images or of a class. */
import type { Output } from '#lib/contracts/contract.ts'
import type { Routes } from '#lib/contracts/index.ts'
import { counted } from '#lib/domain/text/count-text.ts'

export type ListedChange = Output<Routes['GET /api/changes']>['changes'][number]

const SETS = { train: 'the training set', validation: 'the validation set', test: 'the test set' } as const

/** A phrase such as “3 images moved to the trash”. */
export function describedChange({
  kind,
  count,
  class: edit,
  first,
}: Pick<ListedChange, 'kind' | 'count' | 'class' | 'first'>): string {
  const images = counted(count, 'image')
  if (edit) return classText(edit, count === 0 ? null : images)
  switch (kind) {
    case 'relabel':
      return `${images} ${labelText(first)}`
    case 'split':
      return `${images} moved to ${first?.after.split ? SETS[first.after.split] : 'another set'}`
    case 'exclude':
      return `${images} excluded`
    case 'include':
      return `${images} included again`
    case 'trash':
      return `${images} moved to the trash`
    case 'restore':
      return `${images} restored`
    case 'undo':
      return `Change of ${images} undone`
    default:
      return `${images} ${severalText(first)}`
  }
}

function labelText(first: ListedChange['first']): string {
  if (!first) return 'labelled' // it was deleted permanently
  return first.after.label === null ? 'without a label' : `labelled “${first.after.label}”`
}

/** Label, set and state at once. */
function severalText(first: ListedChange['first']): string {
  if (!first) return 'changed'
  const { before, after } = first
  const parts = [
    before.label !== after.label && labelText(first),
    before.label !== null && after.split && before.split !== after.split && `moved to ${SETS[after.split]}`,
    (before.excluded_at === null) !== (after.excluded_at === null) &&
      (after.excluded_at === null ? 'included again' : 'excluded'),
    (before.trashed_at === null) !== (after.trashed_at === null) &&
      (after.trashed_at === null ? 'restored' : 'moved to the trash'),
  ].filter((part) => part)
  return parts.length === 0 ? 'changed' : parts.join(' and ')
}

function classText({ edit, name, other }: NonNullable<ListedChange['class']>, images: string | null): string {
  const withImages = images === null ? '' : ` with ${images}`
  switch (edit) {
    case 'renamed':
      return `“${name}” renamed to “${other}”`
    case 'added':
      return `“${name}” restored${withImages}`
    case 'removed':
      return other === null
        ? `“${name}” removed${withImages}`
        : `“${name}” merged into “${other}”${withImages}`
  }
}
