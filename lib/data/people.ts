/** Who may come in, and the token with which the first of them does. Passwords and tokens reach this room hashed. */
import { DarkroomError } from '#lib/domain/errors.ts'
import type { People } from './data.ts'
import { conflict } from './store.ts'
import type { Store } from './store.ts'
import type { Person, Role } from './values.ts'

type Row = { id: string; name: string; email: string; role: string; passwordHash: string; createdAt: Date | number }

const SETUP = 'setup'
const addressOf = (email: string): string => email.trim().toLowerCase()

export function peopleOf({ connection, prisma, id, now }: Store): People {
  return {
    count: (role) => prisma.person.count({ where: { role } }),
    find: async (personId) => valueOf(connection.one<Row>('SELECT * FROM "Person" WHERE "id" = ?', personId) ?? null), // asked at every request with a cookie
    findByEmail: async (email) => valueOf(await prisma.person.findUnique({ where: { email: addressOf(email) } })),
    async create({ name, email, role, passwordHash }) {
      const draft = { id: id(), name, email: addressOf(email), role, passwordHash, createdAt: now() }
      await connection.write((writing) => {
        if (writing.one('SELECT 1 FROM "Person" WHERE "email" = ?', draft.email)) throw conflict(`${draft.email} was not added`, 'there is a person with that address', 'Use another address.')
        writing.insert('Person', draft)
      })
      return draft
    },
    keepSetupToken: (sha256) => connection.write((writing) => {
      writing.run('DELETE FROM "OneTimeToken" WHERE "purpose" = ?', SETUP)
      writing.insert('OneTimeToken', { hash: sha256, purpose: SETUP, createdAt: now() })
    }),
    isSetupToken: async (sha256) => (await prisma.oneTimeToken.count({ where: { hash: sha256, purpose: SETUP } })) > 0,
    async createFirstAdmin(tokenSha256, { name, email, passwordHash }) {
      const draft = { id: id(), name, email: addressOf(email), role: 'admin' as const, passwordHash, createdAt: now() }
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

const valueOf = (row: Row | null): Person | null => row && { ...row, role: row.role as Role, createdAt: new Date(row.createdAt) }
