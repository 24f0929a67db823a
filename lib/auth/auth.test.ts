import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { encode } from 'next-auth/jwt'
import { expect, test } from 'vitest'
import { folderForTest, openForTest } from '#lib/data/opened.fakes.ts'
import { createAuth, makeSetupToken } from './auth.ts'
import { hashPassword, isPasswordRight } from './passwords.ts'
import { sessionSecret } from './secret.ts'
import { createThrottle, MOST_FAILURES, WINDOW_MS } from './throttle.ts'

const SECRET = 'a secret of more than sixteen'
const ada = { name: 'Ada', email: 'Ada@Example.org', password: 'correct horse battery' }

async function opened() {
  const { data } = await openForTest()
  const auth = createAuth({ people: data.people, secret: SECRET })
  const withAdmin = async () => auth.firstAdmin({ ...ada, token: (await makeSetupToken(data.people)) ?? '' })
  const cookieOf = async (sub: string, secret = SECRET) => `next-auth.session-token=${await encode({ token: { sub }, secret })}`
  return { data, auth, withAdmin, cookieOf }
}

test('the first admin is made once, with the token of the last start', async () => {
  const { data, auth } = await opened()
  const older = await makeSetupToken(data.people)
  const token = await makeSetupToken(data.people)
  expect(await auth.needsFirstAdmin()).toBe(true)

  await expect(auth.firstAdmin({ ...ada, token: older ?? '' })).rejects.toMatchObject({ code: 'forbidden' })
  const admin = await auth.firstAdmin({ ...ada, token: token ?? '' })

  expect(admin.email).toBe('ada@example.org')
  expect(await auth.needsFirstAdmin()).toBe(false)
  expect(await makeSetupToken(data.people)).toBeNull()
  await expect(auth.firstAdmin({ ...ada, token: token ?? '' })).rejects.toMatchObject({ code: 'conflict' })
})

test('two who use the token at once: one becomes admin', async () => {
  const { data, auth } = await opened()
  const token = (await makeSetupToken(data.people)) ?? ''

  const both = await Promise.allSettled([auth.firstAdmin({ ...ada, token }), auth.firstAdmin({ ...ada, email: 'eve@example.org', token })])

  expect(both.map((one) => one.status).sort()).toEqual(['fulfilled', 'rejected'])
  expect(await data.people.count('admin')).toBe(1)
})

test('only the right password of a known person logs in', async () => {
  const { auth, withAdmin } = await opened()
  const { id } = await withAdmin()

  expect(await auth.login(' ADA@example.org', ada.password)).toEqual({ id, name: 'Ada', email: 'ada@example.org', role: 'admin' })
  expect(await auth.login('ada@example.org', 'wrong horse battery')).toBeNull()
  expect(await auth.login('eve@example.org', ada.password)).toBeNull()
})

test('passwords are stored as argon2id with 19 MiB and two passes, salted, whichever way they are typed', async () => {
  const [one, two] = await Promise.all([hashPassword('Müller-Lüdenscheidt'), hashPassword('Müller-Lüdenscheidt')])

  expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
  expect(one).not.toBe(two)
  expect(await isPasswordRight('Mu\u0308ller-Lu\u0308denscheidt', one)).toBe(true)
  expect(await isPasswordRight('', null)).toBe(false)
})

test('a session is a person with the scopes of their role, on plain headers', async () => {
  const { data, auth, withAdmin, cookieOf } = await opened()
  const admin = await withAdmin()
  const user = await data.people.create({ name: 'Bo', email: 'bo@example.org', role: 'user', passwordHash: '' })

  expect(await auth.callerOf(new Headers({ cookie: await cookieOf(admin.id) }))).toEqual({ kind: 'person', id: admin.id, name: 'Ada', scopes: ['open', 'predict', 'user', 'upload', 'train', 'admin'] })
  expect(await auth.callerOf(new Headers({ cookie: `theme=dark; __Secure-${await cookieOf(user.id)}` }))).toMatchObject({ name: 'Bo', scopes: ['open', 'predict', 'user'] })
})

test('a session that next-auth cut into parts is put together again', async () => {
  const { auth, withAdmin, cookieOf } = await opened()
  const [name = '', token = ''] = (await cookieOf((await withAdmin()).id)).split('=')

  const caller = await auth.callerOf(new Headers({ cookie: `${name}.1=${token.slice(50)}; ${name}.0=${token.slice(0, 50)}` }))

  expect(caller.kind).toBe('person')
})

test.each([
  ['no cookie', async () => ''],
  ['a cookie that is no token', async () => 'next-auth.session-token=abc'],
  ['a token signed elsewhere', async (cookieOf: (sub: string, secret?: string) => Promise<string>, id: string) => cookieOf(id, 'another secret, as long')],
  ['a person who was deleted', async (cookieOf: (sub: string) => Promise<string>) => cookieOf('01a1fdc4-0000-7000-8000-000000000000')],
])('a stranger: %s', async (_story, cookie) => {
  const { auth, withAdmin, cookieOf } = await opened()
  const { id } = await withAdmin()

  expect(await auth.callerOf(new Headers({ cookie: await cookie(cookieOf, id) }))).toEqual({ kind: 'stranger', id: null, name: null, scopes: ['open'] })
})

test('the secret is made once, kept for the owner alone, and the owner’s own goes before it', () => {
  const dataDir = path.join(folderForTest(), 'data')

  const made = sessionSecret({ given: undefined, dataDir })

  expect(made.length).toBeGreaterThan(40)
  expect(sessionSecret({ given: undefined, dataDir })).toBe(made)
  expect(sessionSecret({ given: 'the owner’s own secret', dataDir })).toBe('the owner’s own secret')
  expect(statSync(path.join(dataDir, 'session-secret')).mode & 0o777).toBe(0o600)
})

test('a secret that another process made first is used, not replaced', () => {
  const dataDir = folderForTest()
  mkdirSync(dataDir, { recursive: true })
  writeFileSync(path.join(dataDir, 'session-secret'), 'made by another')

  expect(sessionSecret({ given: undefined, dataDir })).toBe('made by another')
  expect(readFileSync(path.join(dataDir, 'session-secret'), 'utf8')).toBe('made by another')
})

test('after ten failures in a minute an address waits; others do not, and it passes', () => {
  let now = 0
  const throttle = createThrottle(() => now)
  for (let i = 0; i < MOST_FAILURES; i++) { expect(throttle.secondsToWait('a')).toBe(0); throttle.failed('a'); now += 1_000 }

  expect(throttle.secondsToWait('a')).toBe(50)
  expect(throttle.secondsToWait('b')).toBe(0)
  now = WINDOW_MS
  expect(throttle.secondsToWait('a')).toBe(0)
})
