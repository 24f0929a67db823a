/** JSON that this product has stored and reads again: each file or row is parsed by the schema of its format,
 *  and one that cannot be read is refused with a message. The caller knows where it is stored. */
import type { z } from 'zod'
import { DarkroomError } from '#lib/domain/errors.ts'
import { fieldErrorsOf, joinErrors, zodErrorMap } from './validation-messages.ts'

export type StoredFormats<T> = {
  /** The subject of a sentence: "The plan of this training run". */
  readonly what: string
  /** The action to take when it cannot be read. */
  readonly action: string
  /** By format; each schema returns the newest one. JSON without a `format` has format 1. */
  readonly formats: Readonly<Record<number, z.ZodType<T>>>
}

/** @throws DarkroomError `bad_data_file` when the format is unknown, or the value does not match it. */
export function parseStored<T>(value: unknown, { what, action, formats }: StoredFormats<T>): T {
  const format = formatOf(value)
  const schema = formats[format]
  const refused = (why: string): DarkroomError =>
    new DarkroomError('bad_data_file', { what: `${what} cannot be read`, why, remedy: action })
  if (!schema)
    throw refused(
      `it has format ${format}, and this version of Darkroom reads format ${Object.keys(formats).join(' and ')}`,
    )
  const parsed = schema.safeParse(value, zodErrorMap)
  if (!parsed.success) throw refused(`it is damaged: ${joinErrors(fieldErrorsOf(parsed.error))}`)
  return parsed.data
}

/** The same for the text of a file. */
export function parseStoredText<T>(text: string, formats: StoredFormats<T>): T {
  return parseStored(jsonOf(text), formats)
}

/** Undefined when it is not JSON, which no schema accepts. */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const formatOf = (value: unknown): number =>
  typeof value === 'object' && value !== null && 'format' in value && typeof value.format === 'number'
    ? value.format
    : 1
