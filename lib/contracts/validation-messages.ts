/** Validation errors as sentences: the one place where zod's issues become our own
 *  text. Each starts with a verb, so that the name of the field can precede it. It validates nothing;
 *  the rules are in the contracts. */
import type { z } from 'zod'
import type { FieldError } from '#lib/domain/errors.ts'

type ZodIssue = Parameters<z.core.$ZodErrorMap>[0]

/** Passed to each parse whose errors a user reads: `schema.safeParse(value, zodErrorMap)`. A rule with
 *  its own message keeps it. */
export const zodErrorMap = { error: (issue: ZodIssue): string => formatIssue(issue) } as const

export const fieldErrorsOf = (error: {
  readonly issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[]
}): readonly FieldError[] => error.issues.map(({ path, message }) => ({ path: path.join('.'), message }))

/** `"epochs" must be a whole number; "seed" is missing`. */
export const joinErrors = (errors: readonly FieldError[]): string =>
  errors.map(({ path, message }) => (path === '' ? message : `"${path}" ${message}`)).join('; ')

const FORMS: Readonly<Record<string, string>> = {
  uuid: 'an id, such as 0193b3f0-0000-7000-8000-000000000001',
  datetime: 'a time in UTC, such as 2026-11-21T10:00:00Z',
  date: 'a date, such as 2026-11-21',
  email: 'an email address',
  url: 'a URL, such as https://example.org',
}
const KINDS: Readonly<Record<string, string>> = {
  string: 'a string',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
  null: 'null',
  date: 'a time',
}
/** The unit of a length; numbers have none. */
const UNITS: Readonly<Record<string, readonly [one: string, many: string]>> = {
  string: ['character', 'characters'],
  array: ['entry', 'entries'],
  set: ['entry', 'entries'],
  file: ['byte', 'bytes'],
}

function formatIssue(issue: ZodIssue): string {
  if (issue.input === undefined) return 'is missing'
  switch (issue.code) {
    case 'invalid_type':
      return `must be ${KINDS[issue.expected] ?? 'of another type'}`
    case 'invalid_value':
      return 'expected' in issue && issue.expected === 'stringbool'
        ? 'must be true or false'
        : `must be ${oneOf(issue.values.map((value) => JSON.stringify(value)))}`
    case 'too_small':
      return bound(issue.origin, Number(issue.minimum), issue.inclusive === false ? 'more than' : 'at least')
    case 'too_big':
      return bound(issue.origin, Number(issue.maximum), issue.inclusive === false ? 'less than' : 'at most')
    case 'invalid_format':
      return issue.format === 'starts_with' && 'prefix' in issue
        ? `must start with "${String(issue.prefix)}"`
        : `must be ${FORMS[issue.format] ?? 'in another format'}`
    case 'not_multiple_of':
      return `must be a multiple of ${issue.divisor}`
    case 'unrecognized_keys':
      return `must not contain ${oneOf(issue.keys.map((key) => `"${key}"`))}`
    case 'invalid_union':
      return anyOf(issue.errors.flatMap((issues) => issues.slice(0, 1).map(({ message }) => message)))
    case 'invalid_key':
    case 'invalid_element':
    case 'custom':
      return 'is invalid'
  }
}

function bound(origin: string, limit: number, words: string): string {
  const unit = UNITS[origin]
  if (!unit) return `must be ${words} ${limit.toLocaleString('en')}`
  if (limit === 1 && words === 'at least') return 'must not be empty'
  return `must have ${words} ${limit.toLocaleString('en')} ${unit[limit === 1 ? 0 : 1]}`
}

/** Combines the errors of all alternatives into one sentence. */
function anyOf(sentences: readonly string[]): string {
  const ways = [...new Set(sentences)]
  return ways.every((way) => way.startsWith('must be ')) && ways.length > 0
    ? `must be ${oneOf(ways.map((way) => way.slice('must be '.length)))}`
    : ways.join(', or ') || 'is invalid'
}

const oneOf = (choices: readonly string[]): string =>
  choices.length < 2 ? choices.join('') : `${choices.slice(0, -1).join(', ')} or ${choices.at(-1)}`
