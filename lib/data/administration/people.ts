/**
 * User accounts, ended sessions, and one-time tokens: of the first admin, and of reset links. Passwords and
 * tokens arrive here hashed. What each request of a session and each start needs is read without Prisma
 * (lib/data/sqlite).
 */
import { DarkroomError } from '#lib/domain/errors.ts'
import type { People } from '../data.ts'
import type { Person as PersonRow } from '../generated/client.ts'
import { conflict, notFound, wordOf } from '../store.ts'
import type { Store } from '../store.ts'
import type { Transaction } from '../trash/trash-rows.ts'
import { ROLES, type Person } from '../values.ts'

const SETUP = 'setup'
const RESET = 'reset'
const addressOf = (email: string): string => email.trim().toLowerCase()

export function peopleOf({ prisma, statements, id, now }: Store): People {
  const draftOf = (
    { name, email, role, passwordHash }: Pick<Person, 'name' | 'email' | 'role' | 'passwordHash'>,
    oidcSubject: string | null = null,
  ): PersonRow => ({
    id: id(),
    name,
    email: addressOf(email),
    role,
    passwordHash,
    createdAt: now(),
    isDisabled: false,
    sessionsFrom: new Date(0),
    exceptSession: null,
    oidcSubject,
  })

  return {
    count: (role) => statements.access.countPeople(role ?? null),
    list: async () => (await prisma.person.findMany({ orderBy: { id: 'asc' } })).map(valueOf),
    find: async (personId) => valueOrNull(await prisma.person.findUnique({ where: { id: personId } })),
    findInSession: async (personId, session) =>
      valueOrNull(await statements.access.personInSession(personId, session)),
    findByEmail: async (email) =>
      valueOrNull(await prisma.person.findUnique({ where: { email: addressOf(email) } })),
    findByOidcSubject: async (subject) =>
      valueOrNull(await prisma.person.findUnique({ where: { oidcSubject: subject } })),
    create: (person, oidcSubject) =>
      prisma.$transaction(async (writing) => {
        const draft = draftOf(person, oidcSubject)
        if (await writing.person.findUnique({ where: { email: draft.email } }))
          throw conflict(
            `${draft.email} was not added`,
            'a user with this email address already exists',
            'Use another address.',
          )
        return valueOf(await writing.person.create({ data: draft }))
      }),
    change: (personId, change) =>
      prisma.$transaction(async (writing) => {
        const before = await personIn(writing, personId)
        const after = { ...before, ...change }
        if (isAdmin(before) && !isAdmin(after)) await mustNotBeLast(writing, before)
        const endsSessions = change.passwordHash !== undefined || (after.isDisabled && !before.isDisabled)
        if (endsSessions) await writing.oneTimeToken.deleteMany({ where: { personId } })
        const ended = endsSessions ? { sessionsFrom: now(), exceptSession: null } : {}
        return valueOf(
          await writing.person.update({ where: { id: personId }, data: { ...change, ...ended } }),
        )
      }),
    remove: (personId) =>
      prisma.$transaction(async (writing) => {
        const person = await personIn(writing, personId)
        if (isAdmin(person)) await mustNotBeLast(writing, person)
        await writing.person.delete({ where: { id: personId } })
      }),
    setPassword: (personId, passwordHash, exceptSession) =>
      prisma.$transaction(async (writing) => {
        await writing.oneTimeToken.deleteMany({ where: { personId } })
        await writing.person.update({
          where: { id: personId },
          data: { passwordHash, sessionsFrom: now(), exceptSession },
        })
      }),
    async endAllSessions(personId) {
      await prisma.person.update({
        where: { id: personId },
        data: { sessionsFrom: now(), exceptSession: null },
      })
    },
    async endSession(sessionId, until) {
      await prisma.endedSession.deleteMany({ where: { until: { lt: now() } } })
      await prisma.endedSession.upsert({
        where: { id: sessionId },
        create: { id: sessionId, until },
        update: {},
      })
    },
    keepSetupToken: (sha256) =>
      statements.access.replaceToken({ hash: sha256, purpose: SETUP, createdAt: now() }),
    isSetupToken: async (sha256) =>
      (await prisma.oneTimeToken.count({ where: { hash: sha256, purpose: SETUP } })) > 0,
    createFirstAdmin: (tokenSha256, person) =>
      prisma.$transaction(async (writing) => {
        if ((await writing.person.count({ where: { role: 'admin' } })) > 0)
          throw conflict(
            'The administrator account was not created',
            'an administrator already exists',
            'Log in, or ask an admin to add you.',
          )
        const { count } = await writing.oneTimeToken.deleteMany({
          where: { hash: tokenSha256, purpose: SETUP },
        })
        if (count === 0)
          throw new DarkroomError('forbidden', {
            what: 'The administrator account was not created',
            why: 'the setup token is not valid',
            remedy: 'Open the setup link that the terminal or the container log shows.',
          })
        return valueOf(await writing.person.create({ data: draftOf({ ...person, role: 'admin' }) }))
      }),
    keepResetToken: ({ personId, sha256, expiresAt }) =>
      prisma.$transaction(async (writing) => {
        const person = await personIn(writing, personId)
        if (person.isDisabled)
          throw conflict(
            'No link was created',
            `${person.email} is disabled and cannot log in with a new password`,
            'Enable the user first.',
          )
        await writing.oneTimeToken.deleteMany({
          where: { purpose: RESET, OR: [{ personId }, { expiresAt: { lte: now() } }] },
        })
        await writing.oneTimeToken.create({
          data: { hash: sha256, purpose: RESET, createdAt: now(), expiresAt, personId },
        })
        return person
      }),
    async findByResetToken(sha256) {
      const token = await prisma.oneTimeToken.findFirst({
        where: { hash: sha256, purpose: RESET, expiresAt: { gt: now() } },
        include: { person: true },
      })
      return valueOrNull(token?.person ?? null)
    },
    useResetToken: (sha256, passwordHash) =>
      prisma.$transaction(async (writing) => {
        const token = await writing.oneTimeToken.findFirst({
          where: { hash: sha256, purpose: RESET, expiresAt: { gt: now() } },
        })
        if (token?.personId == null) return null
        await writing.oneTimeToken.deleteMany({ where: { personId: token.personId } })
        return valueOf(
          await writing.person.update({
            where: { id: token.personId },
            data: { passwordHash, sessionsFrom: now(), exceptSession: null },
          }),
        )
      }),
    async link(personId, oidcSubject) {
      await prisma.person.update({ where: { id: personId }, data: { oidcSubject } })
    },
  }
}

async function personIn(writing: Transaction, personId: string): Promise<Person> {
  const row = await writing.person.findUnique({ where: { id: personId } })
  if (!row) throw notFound('person', personId)
  return valueOf(row)
}

const isAdmin = (person: Pick<Person, 'role' | 'isDisabled'>): boolean =>
  person.role === 'admin' && !person.isDisabled

async function mustNotBeLast(writing: Transaction, person: Person): Promise<void> {
  const others = await writing.person.count({
    where: { role: 'admin', isDisabled: false, id: { not: person.id } },
  })
  if (others === 0)
    throw conflict(
      `${person.name} stays an admin`,
      'there is no other admin',
      'Give another user the role admin first.',
    )
}

const valueOf = ({
  id,
  name,
  email,
  role,
  passwordHash,
  createdAt,
  isDisabled,
  sessionsFrom,
  oidcSubject,
}: PersonRow): Person => ({
  id,
  name,
  email,
  role: wordOf(ROLES, role, 'Person.role'),
  passwordHash,
  createdAt,
  isDisabled,
  sessionsFrom,
  oidcSubject,
})
const valueOrNull = (row: PersonRow | null): Person | null => (row ? valueOf(row) : null)
