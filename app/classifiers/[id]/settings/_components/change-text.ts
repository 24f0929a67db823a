/** How the list of changes describes a change of images or of a class. */
import type { ChangeAnswer } from '#lib/contracts/sample-changes.ts'
import { counted } from '#lib/domain/count-text.ts'

/** A phrase such as “3 images moved to the trash”. */
export function describedChange({
  kind,
  count,
  class: edit,
}: Pick<ChangeAnswer, 'kind' | 'count' | 'class'>): string {
  const images = counted(count, 'image')
  if (edit) return classText(edit, count === 0 ? null : images)
  switch (kind) {
    case 'relabel':
      return `${images} labelled`
    case 'split':
      return `${images} moved to another set`
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
      return `${images} changed`
  }
}

function classText({ edit, name, other }: NonNullable<ChangeAnswer['class']>, images: string | null): string {
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
