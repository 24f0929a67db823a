/**
 * Restricts a key for one classifier, on every route: a request that names another classifier is refused,
 * one that names none uses the key's own, and a route that cannot tell its classifier is closed to such a
 * key. access.ts checks before whether the scopes allow the route.
 */
import { z } from 'zod'
import type { Caller, Contract, Input, Part } from '#lib/contracts/contract.ts'
import { kindOfAddress, kindOfField, type SubjectKind } from '#lib/contracts/subjects.ts'
import { DarkroomError } from '#lib/domain/errors.ts'
import type { Darkroom } from './context.ts'

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i
/** Cursors in a list, which is filtered by the classifier. */
const PLACES: readonly string[] = ['cursor', 'after']
/** Built by lib/http from the body; they name no object. */
const BODIES: readonly string[] = ['image', 'parts']
/** People and keys belong to no classifier. */
const OF_NO_CLASSIFIER: readonly SubjectKind[] = ['person', 'key']

type Fields = Readonly<Record<string, unknown>>
const isPlain = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

type SubjectFinder = Pick<Darkroom['queries'], 'findSubject'>

/**
 * The input for the use case; throws 403 for another classifier, and 404 for an object of another, as if it
 * did not exist.
 */
export async function confined<C extends Contract>(
  contract: C,
  input: Input<C>,
  caller: Caller,
  { findSubject }: SubjectFinder,
): Promise<Input<C>> {
  const own = caller.classifier
  if (own === undefined) return input
  if (caller.kind === 'link' && contract.scope === 'phone') return input // these use the classifier of the link
  const kind = kindOfAddress(contract)
  const takesClassifier = contract.input instanceof z.ZodObject && 'classifier' in contract.input.shape
  if (kind === null && !takesClassifier) {
    if (contract.scope === 'open') return input // this route is open without a key, too
    throw cannotTell(own)
  }
  if (kind !== null && OF_NO_CLASSIFIER.includes(kind)) throw cannotTell(own)
  const fields = input as Fields // inputs are objects
  if (takesClassifier && fields['classifier'] !== undefined && fields['classifier'] !== own)
    throw another(own)
  for (const [field, value] of Object.entries(fields)) await mustBeOwn(field, value)
  return {
    ...fields,
    ...(takesClassifier && { classifier: own }),
    // built by lib/http for such a body
    ...(contract.body === 'parts' && { parts: ownParts(fields['parts'] as AsyncIterable<Part>, own) }),
  } as Input<C> // the same fields

  async function mustBeOwn(field: string, value: unknown): Promise<void> {
    if (field === 'id' && kind === 'classifier') {
      if (value !== own) throw unknown()
      return
    }
    if (PLACES.includes(field) || BODIES.includes(field)) return
    if (isPlain(value)) {
      if (value['classifier'] !== undefined && value['classifier'] !== own) throw another(own as string)
      for (const [inner, one] of Object.entries(value)) await mustBeOwn(inner, one)
      return
    }
    const ids = (Array.isArray(value) ? value : [value]).filter(
      (one): one is string => typeof one === 'string' && UUID.test(one),
    )
    if (ids.length === 0) return
    const named = field === 'id' ? kind : kindOfField(contract, field)
    if (named === null || OF_NO_CLASSIFIER.includes(named)) throw cannotTell(own as string)
    for (const id of ids) if ((await findSubject(named, id))?.classifier !== own) throw unknown()
  }
}

/** What such a key sees in a list of all objects. */
export function confinedOutput(contract: Contract, output: unknown, { classifier: own }: Caller): unknown {
  if (own === undefined || contract.method !== 'GET' || contract.path !== '/api/classifiers') return output
  const { classifiers } = output as { classifiers: readonly { readonly id: string }[] } // as its contract defines it
  return { classifiers: classifiers.filter(({ id }) => id === own) }
}

/** A form names its classifier among its parts. */
async function* ownParts(parts: AsyncIterable<Part>, own: string): AsyncGenerator<Part> {
  for await (const part of parts) {
    if (part.kind === 'field' && part.name === 'classifier' && part.value.trim() !== own) throw another(own)
    yield part
  }
}

const another = (own: string): DarkroomError =>
  new DarkroomError('forbidden', {
    what: 'You do not have access',
    why: `this key is restricted to the classifier "${own}"`,
    remedy: `Omit "classifier", or ask an admin for a key without this restriction.`,
  })

const cannotTell = (own: string): DarkroomError =>
  new DarkroomError('forbidden', {
    what: 'You do not have access',
    why: `this key is restricted to the classifier "${own}", and this route covers more than one classifier`,
    remedy: 'Ask an admin for a key without this restriction.',
  })

const unknown = (): DarkroomError =>
  new DarkroomError('not_found', {
    what: 'Not found',
    why: 'this key can only access its own classifier, which has no resource with this id',
    remedy: 'Check the id.',
  })
