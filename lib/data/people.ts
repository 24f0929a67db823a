/** Who may come in, the sessions that are over, and the token with which the first admin comes in. Passwords and tokens reach this room hashed. */
import { DarkroomError } from '#lib/domain/errors.ts'
import type { Transacting } from './connection.ts'
import type { People } from './data.ts'
import { conflict, notFound } from './store.ts'
import type { Store } from './store.ts'
import type { Person, Role } from './values.ts'

type Row = { id: string; name: string; email: string; role: string; passwordHash: string; createdAt: Date | number; isDisabled: boolean | number; sessionsFrom: Date | number }

const SETUP = 'setup'
const addressOf = (email: string): string => email.trim().toLowerCase()

export function peopleOf({ connection, prisma, id, now }: Store): People {
  return {
    count: (role) => prisma.person.count({ where: { role } }),
    list: async () => connection.all<Row>('SELECT * FROM "Person" ORDER BY "id"').map(valueOf),
    find: async (personId) => valueOrNull(connection.one<Row>('SELECT * FROM "Person" WHERE "id" = ?', personId)),
    findInSession: async (personId, session) => // asked at every request with a cookie
      valueOrNull(connection.one<Row>('SELECT * FROM "Person" WHERE "id" = ? AND NOT "isDisabled" AND "sessionsFrom" <= ? AND NOT EXISTS (SELECT 1 FROM "EndedSession" WHERE "id" = ?)', personId, session.began, session.id)),
    findByEmail: async (email) => valueOrNull(connection.one<Row>('SELECT * FROM "Person" WHERE "email" = ?', addressOf(email))),
    async create({ name, email, role, passwordHash }) {
      const draft = { id: id(), name, email: addressOf(email), role, passwordHash, createdAt: now(), isDisabled: false, sessionsFrom: new Date(0) }
      await connection.write((writing) => {
        if (writing.one('SELECT 1 FROM "Person" WHERE "email" = ?', draft.email)) throw conflict(`${draft.email} was not added`, 'there is a person with that address', 'Use another address.')
        writing.insert('Person', draft)
      })
      return draft
    },
    change: (personId, change) => connection.write((writing) => {
      const before = personIn(writing, personId)
      const after = { ...before, ...change }
      if (isAdmin(before) && !isAdmin(after)) mustNotBeLast(writing, before)
      const endsSessions = change.passwordHash !== undefined || (after.isDisabled && !before.isDisabled)
      const sessionsFrom = endsSessions ? now() : before.sessionsFrom
      writing.run('UPDATE "Person" SET "name" = ?, "role" = ?, "passwordHash" = ?, "isDisabled" = ?, "sessionsFrom" = ? WHERE "id" = ?', after.name, after.role, after.passwordHash, after.isDisabled, sessionsFrom, personId)
      return { ...after, sessionsFrom }
    }),
    remove: (personId) => connection.write((writing) => {
      const person = personIn(writing, personId)
      if (isAdmin(person)) mustNotBeLast(writing, person)
      writing.run('DELETE FROM "Person" WHERE "id" = ?', personId)
    }),
    endSession: (sessionId, until) => connection.write((writing) => {
      writing.run('DELETE FROM "EndedSession" WHERE "until" < ?', now())
      writing.run('INSERT INTO "EndedSession" ("id", "until") VALUES (?, ?) ON CONFLICT DO NOTHING', sessionId, until)
    }),
    keepSetupToken: (sha256) => connection.write((writing) => {
      writing.run('DELETE FROM "OneTimeToken" WHERE "purpose" = ?', SETUP)
      writing.insert('OneTimeToken', { hash: sha256, purpose: SETUP, createdAt: now() })
    }),
    isSetupToken: async (sha256) => (await prisma.oneTimeToken.count({ where: { hash: sha256, purpose: SETUP } })) > 0,
    async createFirstAdmin(tokenSha256, { name, email, passwordHash }) {
      const draft = { id: id(), name, email: addressOf(email), role: 'admin' as const, passwordHash, createdAt: now(), isDisabled: false, sessionsFrom: new Date(0) }
      await connection.write((writing) => {
        if (writing.one('SELECT 1 FROM "Person" WHERE "role" = \'admin\' LIMIT 1')) throw conflict('No admin was made', 'there is one already', 'Log in, or ask the admin to add you.')
        const used = writing.run('DELETE FROM "OneTimeToken" WHERE "hash" = ? AND "purpose" = ?', tokenSha256, SETUP)
        if (used === 0) throw new DarkroomError('forbidden', { what: 'No admin was made', why: 'the token is not the one that the last start printed', remedy: 'Open the address that the terminal shows.' })
        writing.insert('Person', draft)
      })
      return draft
    },
  }
}

function personIn(writing: Transacting, personId: string): Person {
  const row = writing.one<Row>('SELECT * FROM "Person" WHERE "id" = ?', personId)
  if (!row) throw notFound('person', personId)
  return valueOf(row)
}

const isAdmin = (person: Pick<Person, 'role' | 'isDisabled'>): boolean => person.role === 'admin' && !person.isDisabled

function mustNotBeLast(writing: Transacting, person: Person): void {
  const another = writing.one('SELECT 1 FROM "Person" WHERE "role" = \'admin\' AND NOT "isDisabled" AND "id" <> ? LIMIT 1', person.id)
  if (!another) throw conflict(`${person.name} stays an admin`, 'nobody else is one', 'Make somebody else an admin first.')
}

const valueOf = (row: Row): Person => ({ ...row, role: row.role as Role, createdAt: new Date(row.createdAt), isDisabled: Boolean(row.isDisabled), sessionsFrom: new Date(row.sessionsFrom) })
const valueOrNull = (row: Row | undefined): Person | null => (row ? valueOf(row) : null)
