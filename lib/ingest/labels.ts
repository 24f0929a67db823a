/** The labels sent with files, one for all or a list, and class names as they are stored. Pure; tables and folders are
 *  read by lib/domain/reading. */
import { className } from '#lib/contracts/fields.ts'
import { DarkroomError } from '#lib/domain/errors.ts'
import { visible } from '#lib/domain/text/visible-text.ts'

/** The fields next to the files. `labels` are the values of that field, in order. */
export type GivenLabels = { readonly label: string | null; readonly labels: readonly string[] }

/** A class name as it is stored, in the spelling of an existing class; null when it is not a valid
 *  name. */
export function classNameOf(typed: string, classes: readonly string[]): string | null {
  const name = className.safeParse(typed.normalize('NFC').replace(/[^\S\p{Cc}]+/gu, ' ')).data
  if (name === undefined) return null
  const folded = name.toLowerCase()
  return (
    classes.find((c) => c === name) ??
    classes.find((c) => c.toLowerCase() === folded) ??
    classes.find((c) => visible(c).toLowerCase() === folded) ??
    name
  )
}

/** One label per file, in order; null when none were sent. Throws 422 with both numbers when a list does not fit the
 *  files. */
export function givenLabels(files: number, { label, labels }: GivenLabels): readonly string[] | null {
  if (labels.length > 0) return listed(files, labels)
  return label !== null && label.trim() !== '' ? Array.from({ length: files }, () => label) : null
}

function listed(files: number, fields: readonly string[]): readonly string[] {
  const labels = listOf(fields, files)
  if (labels.length !== files)
    throw mismatch(
      labels.length,
      files,
      'Send one label per file, in the same order, or one `label` for all.',
    )
  return labels
}

/** The field repeated for each file; or once, with a JSON array or a list with commas. */
function listOf(fields: readonly string[], files: number): readonly string[] {
  const only = fields.length === 1 ? fields[0]!.trim() : ''
  if (only.startsWith('[')) return jsonList(only)
  if (fields.length === files || fields.length > 1) return fields
  return only.split(',').map((label) => label.trim())
}

function jsonList(text: string): readonly string[] {
  try {
    const value: unknown = JSON.parse(text)
    if (Array.isArray(value) && value.every((v) => typeof v === 'string' || typeof v === 'number'))
      return value.map(String)
  } catch {
    // refused below, like a list of other values
  }
  throw new DarkroomError(
    'invalid_input',
    {
      what: 'The labels cannot be read',
      why: '`labels` starts like JSON but is not a list of strings',
      remedy: 'Send ["cat", "dog"], or "cat,dog".',
    },
    { errors: [{ path: 'labels', message: 'must be a list of strings' }] },
  )
}

export const mismatch = (labels: number, files: number, remedy: string): DarkroomError =>
  new DarkroomError(
    'labels_do_not_match',
    {
      what: 'The labels do not match the files',
      why:
        `there ${labels === 1 ? 'is 1 label' : `are ${labels} labels`} for ` +
        `${files === 1 ? '1 file' : `${files} files`}`,
      remedy,
    },
    { members: { labels, files } },
  )
