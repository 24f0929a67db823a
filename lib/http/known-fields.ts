/**
 * Which names a request may contain: an unknown name is refused, with the name that was probably meant. If
 * a misspelt filter were ignored, the response would answer a different question. The contract checks the
 * values.
 */
import { z } from 'zod'
import type { Contract, Part } from '#lib/contracts/contract.ts'
import { joinErrors } from '#lib/contracts/validation-messages.ts'
import { DarkroomError } from '#lib/domain/errors.ts'
import type { FieldError } from '#lib/domain/errors.ts'

/** Built by lib/http from the body. */
const OF_THE_BODY: readonly string[] = ['image', 'parts']
/** Fields of files: a string in one of them means a missing file, which the use case reports. */
const OF_FILES: readonly string[] = ['file', 'files', 'image', 'images']
/** Parameters that browser scripts add to an address to bypass caches. */
const ADDED_BY_BROWSERS: readonly string[] = ['_']
/** A typing error: so many letters wrong, missing or added. */
const CLOSE = 2
/** Longer lists of valid names are not printed; the API reference has them. */
const MOST_LISTED = 8
/**
 * Most unknown names that are reported: finding the intended name takes microseconds for each, and the
 * client can send many.
 */
const MOST_REPORTED = 20
/** Synonyms that people try. */
const MEANT: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries({
    name: ['title'],
    title: ['name'],
    model: ['version', 'classifier'],
    model_version: ['version'],
    class: ['label'],
    class_name: ['label', 'class'],
    label: ['class'],
    labels: ['classes'],
    classifier_id: ['classifier', 'id'],
    id: ['classifier'],
    n: ['limit'],
    count: ['limit'],
    page: ['cursor'],
    offset: ['cursor'],
    k: ['top_k'],
    num_epochs: ['epochs'],
    base: ['from'],
    right: ['correct'],
    from: ['since'],
    to: ['until'],
  }),
)

const known = new WeakMap<Contract, ReadonlySet<string>>()

function namesOf(contract: Contract): ReadonlySet<string> {
  const cached = known.get(contract)
  if (cached) return cached
  const names = new Set(
    contract.input instanceof z.ZodObject
      ? Object.keys(contract.input.shape).filter((name) => !OF_THE_BODY.includes(name))
      : [],
  )
  known.set(contract, names)
  return names
}

/**
 * Throws 422 for names that a contract does not know. A contract without inputs cannot be misunderstood and
 * accepts any.
 */
export function refuseUnknown(contract: Contract, values: Readonly<Record<string, unknown>>): void {
  const names = namesOf(contract)
  if (contract.body === 'none' && names.size === 0) return
  const unknown = Object.keys(values).filter(
    (name) =>
      !names.has(name) &&
      !OF_THE_BODY.includes(name) &&
      !contract.passesOver.includes(name) &&
      !ADDED_BY_BROWSERS.includes(name),
  )
  if (unknown.length > 0)
    throw invalidInput(
      unknown
        .slice(0, MOST_REPORTED)
        .map((name) => ({ path: name.slice(0, 100), message: notTaken(name, [...names]) })),
    )
}

/** The parts of a form, until a field among them has a name that is not read. */
export async function* knownParts(contract: Contract, parts: AsyncIterable<Part>): AsyncGenerator<Part> {
  for await (const part of parts) {
    if (part.kind === 'field' && !contract.formFields.includes(part.name) && !OF_FILES.includes(part.name)) {
      if (contract.passesOver.includes(part.name)) continue
      const message = namesOf(contract).has(part.name)
        ? `must be a query parameter: "?${part.name}=…"`
        : notTaken(part.name, contract.formFields)
      throw invalidInput([{ path: part.name.slice(0, 100), message }])
    }
    yield part
  }
}

function notTaken(name: string, names: readonly string[]): string {
  const meant = nearest(name, names)
  if (meant !== null) return `is not a known field; did you mean "${meant}"?`
  if (names.length === 0) return 'is not a known field; this request has no fields'
  return names.length > MOST_LISTED
    ? 'is not a known field; see the reference at /docs'
    : `is not a known field; the fields are ${names.join(', ')}`
}

function nearest(name: string, names: readonly string[]): string | null {
  const written = name.toLowerCase().replaceAll(/[^a-z0-9]/g, '')
  const same =
    names.find((one) => one.toLowerCase().replaceAll(/[^a-z0-9]/g, '') === written) ??
    MEANT.get(name)?.find((one) => names.includes(one))
  if (same !== undefined) return same
  const [closest] = names
    .map((one) => ({ one, steps: stepsBetween(name.slice(0, 64), one) }))
    .toSorted((a, b) => a.steps - b.steps)
  return closest && closest.steps <= Math.min(CLOSE, closest.one.length / 2) ? closest.one : null
}

/** Levenshtein distance, row by row. */
function stepsBetween(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++)
      next.push(Math.min(next[j - 1]! + 1, row[j]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)))
    row = next
  }
  return row[b.length]!
}

export const invalidInput = (errors: readonly FieldError[]): DarkroomError =>
  new DarkroomError(
    'invalid_input',
    {
      what: 'The request is not valid',
      why: joinErrors(errors.slice(0, 5)).replace(/\?$/, ''),
      remedy: errors.length === 1 ? 'Correct this field.' : `Correct these ${errors.length} fields.`,
    },
    { errors },
  )
