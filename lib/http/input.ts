/**
 * Parses path, query and body into the input that a contract promises its use case, or refuses the request
 * with the name of each wrong field. The contract defines the rules of the fields.
 */
import type { Contract, Input } from '#lib/contracts/contract.ts'
import { fieldErrorsOf, zodErrorMap } from '#lib/contracts/validation-messages.ts'
import { DarkroomError } from '#lib/domain/errors.ts'
import { andThen, type MaybePromise } from '#lib/domain/maybe-promise.ts'
import { isJson, JSON_LIMIT_BYTES, jsonOf } from './body.ts'
import type { IncomingRequest } from './incoming.ts'
import { invalidInput, knownParts, refuseUnknown } from './known-fields.ts'
import { partsOf } from './parts.ts'
import { imageOf } from './image-input.ts'

/** As in `flag` (lib/contracts/fields.ts). */
const YES: readonly string[] = ['true', '1', 'yes', 'on']
const NO: readonly string[] = ['false', '0', 'no', 'off']
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i

export type BodyLimits = { readonly maxImageBytes: number; readonly maxUploadBytes: number }

export function inputOf<C extends Contract>(
  contract: C,
  incoming: IncomingRequest,
  limits: BodyLimits,
): MaybePromise<Input<C>> {
  if (incoming.query.size > 0) refuseUnknown(contract, Object.fromEntries(incoming.query))
  return andThen(sentIn(contract, incoming, limits), (sent) =>
    contract.body === 'image' && incoming.query.size === 0 && Object.keys(sent).length === 1
      ? imageAlone(contract, sent)
      : inputWith(contract, incoming, sent),
  )
}

/** What a contract makes of a request whose body contains `sent`. */
function inputWith<C extends Contract>(
  contract: C,
  incoming: IncomingRequest,
  sent: Readonly<Record<string, unknown>>,
): Input<C> {
  const named = paramsOf(contract.path, incoming.path)
  const queryFields = Object.fromEntries(incoming.query)
  refuseUnknown(contract, sent)
  const values = { ...queryFields, ...goesOnFrom(contract, incoming), ...sent, ...named }
  const read = readAs(
    contract,
    values,
    new Set(
      isJson(incoming)
        ? Object.keys(queryFields).filter((name) => !Object.hasOwn(sent, name))
        : Object.keys(values),
    ),
  )
  if (read.success) return read.data as Input<C>
  const errors = fieldErrorsOf(read.error)
  throw errors.every((e) => e.path in named) ? unknownAddress(incoming) : invalidInput(errors)
}

/** What a contract makes of a request without fields: the same each time, apart from the image, which it does not
 *  check. */
const withoutFields = new WeakMap<Contract, object>()

function imageAlone<C extends Contract>(contract: C, { image }: Readonly<Record<string, unknown>>): Input<C> {
  let defaults = withoutFields.get(contract)
  if (defaults === undefined) {
    defaults = contract.input.parse({ image: null }) as object // an object, as each input
    withoutFields.set(contract, defaults)
  }
  return { ...defaults, image } as Input<C> // the same fields
}

/**
 * Queries and forms contain only strings: where the contract expects a number or a boolean, a string that
 * spells one is converted. JSON has its own types.
 */
function readAs(
  contract: Contract,
  values: Readonly<Record<string, unknown>>,
  texts: ReadonlySet<string>,
): ReturnType<Contract['input']['safeParse']> {
  const read = contract.input.safeParse(values, zodErrorMap)
  if (read.success) return read
  const meant = new Map(
    read.error.issues.flatMap((issue) => {
      const [name, ...deeper] = issue.path
      if (issue.code !== 'invalid_type' || typeof name !== 'string' || deeper.length > 0 || !texts.has(name))
        return []
      const value = spelt(values[name], issue.expected)
      return value === undefined ? [] : [[name, value] as const]
    }),
  )
  return meant.size === 0
    ? read
    : contract.input.safeParse({ ...values, ...Object.fromEntries(meant) }, zodErrorMap)
}

function spelt(text: unknown, expected: string): number | boolean | undefined {
  if (typeof text !== 'string') return undefined
  if (expected === 'boolean') {
    const isYes = YES.includes(text.toLowerCase())
    return isYes || NO.includes(text.toLowerCase()) ? isYes : undefined
  }
  const isNumber = (expected === 'number' || expected === 'int') && NUMBER.test(text.trim())
  return isNumber ? Number(text) : undefined
}

function sentIn(
  contract: Contract,
  incoming: IncomingRequest,
  limits: BodyLimits,
): MaybePromise<Readonly<Record<string, unknown>>> {
  switch (contract.body) {
    case 'none':
      return {}
    case 'json':
      return jsonOf(incoming, JSON_LIMIT_BYTES)
    case 'image':
      return andThen(imageOf(incoming, limits.maxImageBytes), ({ image, fields }) => ({ ...fields, image }))
    case 'parts':
      return { parts: knownParts(contract, partsOf(incoming, limits.maxUploadBytes)) }
  }
}

/** Browsers send the id of the last event they received in a header. */
function goesOnFrom(contract: Contract, incoming: IncomingRequest): { after?: string } {
  const last = contract.answer === 'events' ? incoming.header('last-event-id') : null
  return last === null ? {} : { after: last }
}

/** The `{name}` parts of a contract's path, taken from the requested path. */
export function paramsOf(pattern: string, path: string): Readonly<Record<string, string>> {
  if (!pattern.includes('{')) return {}
  const requested = path.split('/')
  return Object.fromEntries(
    pattern
      .split('/')
      .flatMap((step, i) => (step.startsWith('{') ? [[step.slice(1, -1), decoded(requested[i] ?? '')]] : [])),
  )
}

function decoded(step: string): string {
  try {
    return decodeURIComponent(step)
  } catch {
    return step
  }
}

const unknownAddress = (incoming: IncomingRequest): DarkroomError =>
  new DarkroomError('not_found', {
    what: 'Not found',
    why: `there is no resource at ${incoming.path.slice(0, 200)}`,
    remedy: 'Check the id.',
  })
