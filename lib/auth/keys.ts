/** Keys for scripts: 256 random bits with a readable beginning, shown once, kept as their sha256. Which rows there are, lib/data knows. */
import { createHash, randomBytes } from 'node:crypto'
import type { Caller, Input, Output } from '#lib/contracts/contract.ts'
import type { Routes } from '#lib/contracts/index.ts'
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

type For<Name extends keyof Routes> = (input: Input<Routes[Name]>, asked: { readonly caller: Caller }) => Promise<Output<Routes[Name]>>

export type KeyDesk = {
  readonly listKeys: For<'GET /api/keys'>
  readonly createKey: For<'POST /api/keys'>
  readonly revokeKey: For<'DELETE /api/keys/{id}'>
  /** Who comes with the key in these headers; null without one. Throws `unauthenticated` for one that opens nothing. */
  readonly callerWith: (headers: Headers) => Promise<Caller | null>
}

export function createKeyDesk({ keys, now }: { readonly keys: Data['keys']; readonly now: () => number }): KeyDesk {
  const lastWritten = new Map<string, number>()
  const noteUse = async (id: string): Promise<void> => {
    if (now() - (lastWritten.get(id) ?? -Infinity) < USED_EVERY_MS) return
    lastWritten.set(id, now())
    await keys.used(id)
  }

  return {
    listKeys: async () => ({ keys: (await keys.list()).map(answerOf) }),
    async createKey({ name, scopes }, { caller }) {
      const key = BEGINNING + randomBytes(KEY_BYTES).toString('base64url')
      const made = await keys.create({ name, sha256: sha256(key), beginsWith: key.slice(0, SHOWN_LETTERS), scopes: [...new Set(scopes)], createdById: caller.kind === 'person' ? caller.id : null })
      return { ...answerOf(made), key }
    },
    async revokeKey({ id }) {
      await keys.revoke(id)
      return { id, deleted: true }
    },
    async callerWith(headers) {
      const sent = keyIn(headers)
      if (sent === null) return null
      const key = await keys.findByHash(sha256(sent))
      if (key === null) throw unknownKey()
      await noteUse(key.id)
      return { kind: 'key', id: key.id, name: key.name, scopes: [...new Set(key.scopes.flatMap((scope) => SCOPES_OF_KEY[scope]))] }
    },
  }
}

/** `Authorization: Bearer …` or `X-API-Key: …`. Other kinds of Authorization are a proxy's, not ours. */
function keyIn(headers: Headers): string | null {
  const bearer = /^Bearer\s+(\S+)\s*$/i.exec(headers.get('authorization') ?? '')?.[1]
  return bearer ?? (headers.get('x-api-key')?.trim() || null)
}

function answerOf(key: Key): KeyAnswer {
  return { id: key.id, name: key.name, begins_with: key.beginsWith, scopes: [...key.scopes], created_at: key.createdAt.toISOString(), created_by: key.createdBy, last_used_at: key.lastUsedAt?.toISOString() ?? null }
}

/** A key has 256 random bits: nothing slower is needed to keep it from being guessed back. */
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

const unknownKey = (): DarkroomError =>
  new DarkroomError('unauthenticated', { what: 'This key opens nothing', why: 'it was revoked or is mistyped', remedy: 'Make a new one in /settings.' })
