/** Who may do what: logging in, the first admin, and the caller behind a request. It sets no cookie; next-auth does, through route.ts. */
import { createHash, randomBytes } from 'node:crypto'
import type { Caller, Scope } from '#lib/contracts/contract.ts'
import type { Input, Output } from '#lib/contracts/contract.ts'
import type { Routes } from '#lib/contracts/index.ts'
import type { Data } from '#lib/data/data.ts'
import type { Role } from '#lib/data/values.ts'
import { DarkroomError } from '#lib/domain/errors.ts'
import { hashPassword, isPasswordRight } from './passwords.ts'
import { personIdOf } from './session.ts'

/** What each role may; `open` is everybody's. */
export const SCOPES_OF: Readonly<Record<Role, readonly Scope[]>> = {
  admin: ['open', 'predict', 'user', 'upload', 'train', 'admin'],
  user: ['open', 'predict', 'user'],
}
const STRANGER: Caller = { kind: 'stranger', id: null, name: null, scopes: ['open'] }

const TOKEN_BYTES = 24

type FirstAdmin = Routes['POST /api/setup']
export type LoggedIn = { id: string; name: string; email: string; role: Role }

export type Auth = {
  readonly firstAdmin: (input: Input<FirstAdmin>) => Promise<Output<FirstAdmin>>
  readonly needsFirstAdmin: () => Promise<boolean>
  readonly login: (email: string, password: string) => Promise<LoggedIn | null>
  readonly callerOf: (headers: Headers) => Promise<Caller>
  readonly secret: () => string
}

export function createAuth({ people, secret }: { readonly people: Data['people']; readonly secret: string }): Auth {
  const needsFirstAdmin = async (): Promise<boolean> => (await people.count('admin')) === 0
  return {
    needsFirstAdmin,
    secret: () => secret,
    async firstAdmin({ token, name, email, password }) {
      const hash = sha256(token)
      if ((await needsFirstAdmin()) && !(await people.isSetupToken(hash))) throw wrongToken() // before the costly part
      const person = await people.createFirstAdmin(hash, { name, email, passwordHash: await hashPassword(password) })
      return { id: person.id, email: person.email }
    },
    async login(email, password) {
      const person = await people.findByEmail(email)
      const isRight = await isPasswordRight(password, person?.passwordHash ?? null)
      return person && isRight ? { id: person.id, name: person.name, email: person.email, role: person.role } : null
    },
    async callerOf(headers) {
      const id = await personIdOf(headers, secret)
      const person = id === null ? null : await people.find(id) // their role now, not when they logged in
      return person ? { kind: 'person', id: person.id, name: person.name, scopes: SCOPES_OF[person.role] } : STRANGER
    },
  }
}

/** A fresh token for /setup?token=…, to be printed in the terminal and nowhere else; null when there is an admin. */
export async function makeSetupToken(people: Data['people']): Promise<string | null> {
  if ((await people.count('admin')) > 0) return null
  const token = randomBytes(TOKEN_BYTES).toString('base64url')
  await people.keepSetupToken(sha256(token))
  return token
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

const wrongToken = (): DarkroomError =>
  new DarkroomError('forbidden', { what: 'No admin was made', why: 'the token is not the one that the last start printed', remedy: 'Open the address that the terminal shows.' })
