/**
 * API keys: 256 random bits with a readable prefix, shown once, stored as sha256. lib/data stores the rows.
 */
import { createHash, randomBytes } from 'node:crypto'
import type { Caller, CallerContext, Input } from '#lib/contracts/contract.ts'
import type { RouteAnswer, Routes } from '#lib/contracts/index.ts'
import type { KeyAnswer } from '#lib/contracts/people.ts'
import type { Data } from '#lib/data/data.ts'
import type { Key } from '#lib/data/values.ts'
import { DarkroomError } from '#lib/domain/errors.ts'
import { SCOPES_OF_KEY } from './rights.ts'

const BEGINNING = 'dk_'
const KEY_BYTES = 32
/** Shown in lists: enough to tell keys apart, and 220 bits remain unknown. */
const SHOWN_LETTERS = BEGINNING.length + 6
/** `last_used_at` is written no more often. */
const USED_EVERY_MS = 60_000
/**
 * How long a valid key is cached without a new lookup: every web process refuses a revoked one within a
 * second.
 */
const REMEMBERED_MS = 500
const MOST_REMEMBERED = 1_000
const DAY_MS = 24 * 3600 * 1000
/** A key that expires within this many days is marked. */
const SOON_DAYS = 14

export type ApiKeys = {
  readonly listKeys: RouteAnswer<'GET /api/keys', CallerContext>
  readonly createKey: RouteAnswer<'POST /api/keys', CallerContext>
  readonly revokeKey: RouteAnswer<'DELETE /api/keys/{id}', CallerContext>
  /**
   * The caller with the key in these headers; null without one. Throws `unauthenticated` for an invalid
   * key.
   */
  readonly callerWith: (headers: Pick<Headers, 'get'>) => Promise<Caller | null>
}

export type ApiKeyParts = {
  readonly keys: Data['keys']
  readonly classifiers: Pick<Data['classifiers'], 'get'>
  readonly now: () => number
}

export function createApiKeys({ keys, classifiers, now }: ApiKeyParts): ApiKeys {
  const lastWritten = new Map<string, number>()
  const remembered = new Map<string, { readonly key: Key; readonly until: number }>()

  /** Not awaited, and a failure to write it does not refuse the request. */
  const noteUse = (id: string): void => {
    if (now() - (lastWritten.get(id) ?? -Infinity) < USED_EVERY_MS) return
    lastWritten.set(id, now())
    keys.used(id).catch(() => lastWritten.delete(id))
  }
  const find = async (hash: string): Promise<Key | null> => {
    const known = remembered.get(hash)
    if (known && now() < known.until) return known.key
    const key = await keys.findByHash(hash)
    remembered.delete(hash)
    if (remembered.size >= MOST_REMEMBERED) remembered.clear()
    if (key) remembered.set(hash, { key, until: now() + REMEMBERED_MS })
    return key
  }

  return {
    listKeys: async () => ({ keys: (await keys.list()).map((key) => answerOf(key, now())) }),
    async createKey({ name, scopes, expires_at, expires_in_days, classifier }, { caller }) {
      const expiresAt = endOf({ expires_at, expires_in_days }, now())
      if (classifier !== undefined && scopes.includes('admin'))
        throw refused('classifier', 'cannot be combined with the scope "admin", which covers all classifiers')
      const classifierId = classifier === undefined ? null : (await classifiers.get(classifier)).id
      const key = BEGINNING + randomBytes(KEY_BYTES).toString('base64url')
      const createdById = caller.kind === 'person' ? caller.id : null
      const made = await keys.create({
        name,
        sha256: sha256(key),
        beginsWith: key.slice(0, SHOWN_LETTERS),
        scopes: [...new Set(scopes)],
        createdById,
        expiresAt,
        classifierId,
      })
      return { ...answerOf(made, now()), key }
    },
    async revokeKey({ id }) {
      await keys.revoke(id)
      remembered.clear()
      return { id, deleted: true }
    },
    async callerWith(headers) {
      const sent = keyIn(headers)
      if (sent === null) return null
      const key = await find(sha256(sent))
      if (key === null) throw unknownKey()
      if (key.expiresAt !== null && key.expiresAt.getTime() <= now())
        throw expiredKey(key.name, key.expiresAt)
      noteUse(key.id)
      const scopes = [...new Set(key.scopes.flatMap((scope) => SCOPES_OF_KEY[scope]))]
      return {
        kind: 'key',
        id: key.id,
        name: key.name,
        scopes,
        ...(key.classifierId !== null && { classifier: key.classifierId }),
      }
    },
  }
}

/** `Authorization: Bearer …` or `X-API-Key: …`. Other kinds of Authorization belong to a proxy. */
export function keyIn(headers: Pick<Headers, 'get'>): string | null {
  const bearer = /^Bearer\s+(\S+)\s*$/i.exec(headers.get('authorization') ?? '')?.[1]
  return bearer ?? (headers.get('x-api-key')?.trim() || null)
}

/** When a key expires: at a time, after some days, or never. */
function endOf(
  { expires_at, expires_in_days }: Pick<Input<Routes['POST /api/keys']>, 'expires_at' | 'expires_in_days'>,
  now: number,
): Date | null {
  if (expires_at !== undefined && expires_in_days !== undefined)
    throw refused('expires_in_days', 'cannot be combined with "expires_at": send one of them')
  if (expires_in_days !== undefined) return new Date(now + expires_in_days * DAY_MS)
  if (expires_at === undefined) return null
  if (Date.parse(expires_at) <= now)
    throw refused('expires_at', `must be in the future; it is ${new Date(now).toISOString()} now`)
  return new Date(expires_at)
}

function answerOf(key: Key, now: number): KeyAnswer {
  return {
    id: key.id,
    name: key.name,
    begins_with: key.beginsWith,
    scopes: [...key.scopes],
    classifier: key.classifierId,
    state: stateOf(key, now),
    created_at: key.createdAt.toISOString(),
    created_by: key.createdBy,
    last_used_at: key.lastUsedAt?.toISOString() ?? null,
    expires_at: key.expiresAt?.toISOString() ?? null,
  }
}

function stateOf({ expiresAt }: Key, now: number): KeyAnswer['state'] {
  if (expiresAt === null) return 'valid'
  if (expiresAt.getTime() <= now) return 'expired'
  return expiresAt.getTime() <= now + SOON_DAYS * DAY_MS ? 'expires_soon' : 'valid'
}

/** A key has 256 random bits: a slower hash would add no protection against guessing. */
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

const unknownKey = (): DarkroomError =>
  new DarkroomError('unauthenticated', {
    what: 'Invalid or revoked API key',
    why: 'the key does not exist or has been revoked',
    remedy: 'Check the key, or create one in Settings → API keys.',
  })

const expiredKey = (name: string, at: Date): DarkroomError =>
  new DarkroomError('unauthenticated', {
    what: `The key "${name}" has expired`,
    why: `it was valid until ${at.toISOString()}`,
    remedy: 'Ask an admin for a new one.',
  })

const refused = (path: string, message: string): DarkroomError =>
  new DarkroomError(
    'invalid_input',
    { what: 'No key was created', why: `"${path}" ${message}`, remedy: 'Correct this field.' },
    { errors: [{ path, message }] },
  )
