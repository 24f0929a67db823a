import { encode } from 'next-auth/jwt'
import { expect, test } from 'vitest'
import { openForTest } from '#lib/data/opened.fakes.ts'
import { createAuth } from './auth.ts'
import { createLimits } from './rate-limits.ts'
import type { OidcSettings } from './oidc.ts'
import { hashPassword } from './passwords.ts'

const SECRET = 'a secret of more than sixteen'
const ORIGIN = 'https://darkroom.example'
const ONE = { points: 1, windowSeconds: 60 }
const UNLIMITED = {
  isEnabled: false,
  allowances: { predict: ONE, batch: ONE, upload: ONE, retrain: ONE, evaluate: ONE, login: ONE, logins: ONE },
  keyTimes: 1,
}
const OIDC: OidcSettings = {
  issuer: 'https://issuer.example',
  clientId: 'darkroom',
  clientSecret: 'x',
  admins: ['root@example.org'],
}

async function opened() {
  const { data, clock } = await openForTest()
  const auth = createAuth({
    data,
    secret: SECRET,
    limits: createLimits(UNLIMITED, data.counts),
    openActions: false,
    oidc: OIDC,
    now: clock.now,
  })
  const bo = await data.people.create({
    name: 'Bo',
    email: 'bo@example.org',
    role: 'editor',
    passwordHash: await hashPassword('first password'),
  })
  const cookieOf = async (session: string) =>
    `next-auth.session-token=${await encode({ token: { sub: bo.id, session, began: clock.now() }, secret: SECRET })}`
  const callerWith = (cookie: string) => auth.callerOf(new Headers({ cookie }))
  const request = async (cookie: string) => ({ caller: await callerWith(cookie), origin: ORIGIN })
  return {
    data,
    clock,
    auth,
    bo,
    cookieOf,
    callerWith,
    requestWith: request,
    admin: { caller: { kind: 'anonymous', id: null, name: null, scopes: [] }, origin: ORIGIN } as const,
  }
}

test('changing one’s own password needs the current one; this session stays, the others end', async () => {
  const { auth, bo, clock, cookieOf, callerWith, requestWith } = await opened()
  const [here, there] = [await cookieOf('here'), await cookieOf('there')]
  clock.advance(1)

  await expect(
    auth.changePassword(
      { current_password: 'wrong password', new_password: 'second password' },
      await requestWith(here),
    ),
  ).rejects.toMatchObject({ code: 'invalid_input', extras: { errors: [{ path: 'current_password' }] } })
  await expect(
    auth.changePassword(
      { current_password: 'first password', new_password: 'first password' },
      await requestWith(here),
    ),
  ).rejects.toMatchObject({ code: 'invalid_input', extras: { errors: [{ path: 'new_password' }] } })
  expect((await callerWith(there)).kind).toBe('person')
  await auth.changePassword(
    { current_password: 'first password', new_password: 'second password' },
    await requestWith(here),
  )

  expect([(await callerWith(here)).kind, (await callerWith(there)).kind]).toEqual(['person', 'anonymous'])
  expect(await auth.login('bo@example.org', 'first password')).toBeNull()
  expect(await auth.login('bo@example.org', 'second password')).toMatchObject({ id: bo.id })
})

test('logging out everywhere ends every session, including this one', async () => {
  const { auth, clock, cookieOf, callerWith, requestWith } = await opened()
  const here = await cookieOf('here')
  clock.advance(1)
  await auth.changePassword(
    { current_password: 'first password', new_password: 'second password' },
    await requestWith(here),
  )
  clock.advance(1)

  await auth.endSessions({}, await requestWith(here))

  expect((await callerWith(here)).kind).toBe('anonymous')
})

test('a reset link works once, ends all sessions, and only its hash is stored', async () => {
  const { auth, data, bo, clock, cookieOf, callerWith, admin } = await opened()
  const before = await cookieOf('before')
  const { url, expires_at } = await auth.createResetLink({ id: bo.id }, admin)
  const token = new URL(url).searchParams.get('token') ?? ''
  clock.advance(1)

  expect(url).toMatch(/^https:\/\/darkroom\.example\/reset\?token=[\w-]{43}$/)
  expect(Date.parse(expires_at) - clock.now()).toBeGreaterThan(23 * 3600 * 1000)
  expect(await auth.emailOfResetLink(token)).toBe('bo@example.org')
  expect(JSON.stringify(await data.people.list())).not.toContain(token)
  const both = await Promise.allSettled(
    ['second password', 'third password'].map((password) => auth.resetPassword({ token, password }, admin)),
  )

  expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
  expect((await callerWith(before)).kind).toBe('anonymous')
  expect(await auth.login('bo@example.org', 'first password')).toBeNull()
  expect(await auth.emailOfResetLink(token)).toBeNull()
})

test.each<[string, (program: Awaited<ReturnType<typeof opened>>) => Promise<unknown>]>([
  ['24 hours have passed', async ({ clock }) => clock.advance(24 * 3600 * 1000)],
  ['another was made', ({ auth, bo, admin }) => auth.createResetLink({ id: bo.id }, admin)],
  ['the person was disabled', ({ data, bo }) => data.people.change(bo.id, { isDisabled: true })],
  ['the password was changed', ({ data, bo }) => data.people.setPassword(bo.id, 'x', null)],
  ['the person was removed', ({ data, bo }) => data.people.remove(bo.id)],
])('a reset link does not work after %s', async (_story, happen) => {
  const program = await opened()
  const { path } = await program.auth.createResetLink({ id: program.bo.id }, program.admin)

  await happen(program)

  const token = path.slice('/reset?token='.length)
  expect(await program.auth.emailOfResetLink(token)).toBeNull()
  await expect(
    program.auth.resetPassword({ token, password: 'second password' }, program.admin),
  ).rejects.toMatchObject({ code: 'forbidden' })
})

test('a disabled person gets no reset link', async () => {
  const { auth, data, bo, admin } = await opened()
  await data.people.change(bo.id, { isDisabled: true })

  await expect(auth.createResetLink({ id: bo.id }, admin)).rejects.toMatchObject({ code: 'conflict' })
})

test('a verified address signs in: a new one as viewer, a listed one as admin, a known one as itself', async () => {
  const { auth, data, bo } = await opened()

  expect(
    await auth.signIn({ sub: '1', email: 'New@Example.org', email_verified: true, name: 'New' }),
  ).toMatchObject({
    kind: 'in',
    event: 'created',
    person: { email: 'new@example.org', role: 'viewer', name: 'New' },
  })
  expect(await auth.signIn({ sub: '2', email: 'root@example.org', email_verified: true })).toMatchObject({
    kind: 'in',
    event: 'created',
    person: { role: 'admin', name: 'root@example.org' },
  })
  expect(await auth.signIn({ sub: '3', email: 'bo@example.org', email_verified: true })).toMatchObject({
    kind: 'in',
    event: 'linked',
    person: { id: bo.id, role: 'editor' },
  })
  expect(await auth.signIn({ sub: '3', email: 'moved@example.org', email_verified: true })).toMatchObject({
    kind: 'in',
    event: 'signed in',
    person: { id: bo.id, email: 'bo@example.org' },
  })
  expect(await data.people.count()).toBe(3)
  expect(await auth.login('new@example.org', '')).toBeNull()
})

test.each<[string, object, string]>([
  [
    'an address that is not verified',
    { sub: '3', email: 'bo@example.org', email_verified: false },
    'oidc_unverified',
  ],
  ['an address without a verification claim', { sub: '3', email: 'bo@example.org' }, 'oidc_unverified'],
  ['"true" as a text', { sub: '3', email: 'bo@example.org', email_verified: 'true' }, 'oidc_unverified'],
  ['no address', { sub: '3', email_verified: true }, 'oidc_unverified'],
  [
    'the address of an admin whom OIDC_ADMINS does not name',
    { sub: '3', email: 'ada@example.org', email_verified: true },
    'oidc_admin',
  ],
  [
    'the address of a user linked to another identity',
    { sub: '4', email: 'cy@example.org', email_verified: true },
    'oidc_taken',
  ],
  [
    'the address of a disabled user',
    { sub: '3', email: 'dee@example.org', email_verified: true },
    'oidc_disabled',
  ],
])('sign-in is refused with %s', async (_story, claims, reason) => {
  const { auth, data } = await opened()
  await data.people.create({ name: 'Ada', email: 'ada@example.org', role: 'admin', passwordHash: 'x' })
  await data.people.create(
    { name: 'Cy', email: 'cy@example.org', role: 'viewer', passwordHash: '' },
    'https://issuer.example 5',
  )
  const dee = await data.people.create({
    name: 'Dee',
    email: 'dee@example.org',
    role: 'viewer',
    passwordHash: 'x',
  })
  await data.people.change(dee.id, { isDisabled: true })

  expect(await auth.signIn(claims)).toMatchObject({ kind: 'refused', reason })
  expect((await data.people.list()).map(({ oidcSubject }) => oidcSubject)).toEqual([
    null,
    null,
    'https://issuer.example 5',
    null,
  ])
})
