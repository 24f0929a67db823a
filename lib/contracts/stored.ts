/** JSON that this product has stored and reads again: each file or row is parsed by the schema of its format,
 *  and one that cannot be read is refused in words. Where it is stored, the caller knows. */
import type { z } from 'zod'
import { DarkroomError } from '#lib/domain/errors.ts'
import { fieldErrorsOf, inOneSentence, zodErrorMap } from './validation-messages.ts'

export type StoredFormats<T> = {
  /** What it is, as the subject of a sentence: "The plan of this training run". */
  readonly what: string
  /** What a person can do when it cannot be read. */
  readonly action: string
  /** By format; each schema returns the newest one. JSON without a `format` has format 1. */
  readonly formats: Readonly<Record<number, z.ZodType<T>>>
}

/** @throws DarkroomError `bad_data_file`: of a format that is not known here, or not as its format says. */
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
  if (!parsed.success) throw refused(`it is damaged: ${inOneSentence(fieldErrorsOf(parsed.error))}`)
  return parsed.data
}

/** The same of the text of a file. */
export function parseStoredText<T>(text: string, formats: StoredFormats<T>): T {
  return parseStored(jsonOf(text), formats)
}

/** Undefined where it is no JSON, which no schema accepts. */
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
