import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { encode } from 'next-auth/jwt'
import { expect, test } from 'vitest'
import { folderForTest, openForTest } from '#lib/data/opened.fakes.ts'
import { createAuth, setupTokenOf, type Auth } from './auth.ts'
import { createLimits } from './limits.ts'
import { SCOPES_OF_KEY, SCOPES_OF_ROLE } from './rights.ts'
import type { OidcSettings } from './oidc.ts'
import { hashPassword, isPasswordRight } from './passwords.ts'
import { sessionSecret } from './secret.ts'

const SECRET = 'a secret of more than sixteen'
const ada = { name: 'Ada', email: 'Ada@Example.org', password: 'correct horse battery' }

const ONE = { points: 1, windowSeconds: 60 }
const UNLIMITED = {
  isEnabled: false,
  allowances: { predict: ONE, batch: ONE, upload: ONE, retrain: ONE, evaluate: ONE, login: ONE, logins: ONE },
  keyTimes: 1,
}

async function opened({ openActions = false, oidc = null as OidcSettings | null } = {}) {
  const { data, clock, folder } = await openForTest()
  const token = () => setupTokenOf(data.people, folder)
  const auth = createAuth({
    data,
    secret: SECRET,
    limits: createLimits(UNLIMITED, data.counts),
    openActions,
    oidc,
    now: clock.now,
  })
  const withAdmin = async () => auth.firstAdmin({ ...ada, token: (await token()) ?? '' })
  const cookieOf = async (sub: string, { secret = SECRET, session = 'one' } = {}) =>
    `next-auth.session-token=${await encode({ token: { sub, session, began: clock.now() }, secret })}`
  const callerWith = async (headers: Record<string, string>) => auth.callerOf(new Headers(headers))
  return { data, clock, folder, token, auth, withAdmin, cookieOf, callerWith }
}

test('the first admin is made once, with the token that every start prints until then', async () => {
  const { data, auth, folder, token } = await opened()
  const printed = (await token()) ?? ''
  const kept = path.join(folder, 'setup-token')
  expect(await auth.needsFirstAdmin()).toBe(true)
  expect(await token()).toBe(printed)
  expect(statSync(kept).mode & 0o777).toBe(0o600)

  await expect(auth.firstAdmin({ ...ada, token: `${printed}x` })).rejects.toMatchObject({ code: 'forbidden' })
  const admin = await auth.firstAdmin({ ...ada, token: printed })

  expect(admin.email).toBe('ada@example.org')
  expect(await auth.needsFirstAdmin()).toBe(false)
  expect(await token()).toBeNull()
  expect(existsSync(kept)).toBe(false)
  await expect(auth.firstAdmin({ ...ada, token: printed })).rejects.toMatchObject({ code: 'conflict' })
  expect(await data.people.count('admin')).toBe(1)
})

test('two who use the token at once: one becomes admin', async () => {
  const { data, auth, token: tokenOf } = await opened()
  const token = (await tokenOf()) ?? ''

  const both = await Promise.allSettled([
    auth.firstAdmin({ ...ada, token }),
    auth.firstAdmin({ ...ada, email: 'eve@example.org', token }),
  ])

  expect(both.map((one) => one.status).sort()).toEqual(['fulfilled', 'rejected'])
  expect(await data.people.count('admin')).toBe(1)
})

test('only the right password of a known person logs in', async () => {
  const { auth, withAdmin } = await opened()
  const { id } = await withAdmin()

  expect(await auth.login(' ADA@example.org', ada.password)).toEqual({
    id,
    name: 'Ada',
    email: 'ada@example.org',
    role: 'admin',
  })
  expect(await auth.login('ada@example.org', 'wrong horse battery')).toBeNull()
  expect(await auth.login('eve@example.org', ada.password)).toBeNull()
})

test('passwords are stored as argon2id with 19 MiB and two passes, salted, whichever way they are typed', async () => {
  const [one, two] = await Promise.all([
    hashPassword('Müller-Lüdenscheidt'),
    hashPassword('Müller-Lüdenscheidt'),
  ])

  expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
  expect(one).not.toBe(two)
  expect(await isPasswordRight('Mu\u0308ller-Lu\u0308denscheidt', one)).toBe(true)
  expect(await isPasswordRight('', null)).toBe(false)
})

test('a session is a person with the scopes of their role, on plain headers', async () => {
  const { data, auth, withAdmin, cookieOf } = await opened()
  const admin = await withAdmin()
  const user = await data.people.create({
    name: 'Bo',
    email: 'bo@example.org',
    role: 'editor',
    passwordHash: '',
  })

  expect(await auth.callerOf(new Headers({ cookie: await cookieOf(admin.id) }))).toEqual({
    kind: 'person',
    id: admin.id,
    name: 'Ada',
    scopes: [...SCOPES_OF_ROLE.admin],
    session: 'one',
  })
  expect(
    await auth.callerOf(new Headers({ cookie: `theme=dark; __Secure-${await cookieOf(user.id)}` })),
  ).toMatchObject({ name: 'Bo', scopes: [...SCOPES_OF_ROLE.editor] })
})

test('a session that next-auth cut into parts is put together again', async () => {
  const { auth, withAdmin, cookieOf } = await opened()
  const [name = '', token = ''] = (await cookieOf((await withAdmin()).id)).split('=')

  const caller = await auth.callerOf(
    new Headers({ cookie: `${name}.1=${token.slice(50)}; ${name}.0=${token.slice(0, 50)}` }),
  )

  expect(caller.kind).toBe('person')
})

test.each([
  ['no cookie', async () => ''],
  ['a cookie that is no token', async () => 'next-auth.session-token=abc'],
  [
    'a token signed elsewhere',
    async (cookieOf: (sub: string, how?: { secret?: string }) => Promise<string>, id: string) =>
      cookieOf(id, { secret: 'another secret, as long' }),
  ],
  [
    'a person who was deleted',
    async (cookieOf: (sub: string) => Promise<string>) => cookieOf('01a1fdc4-0000-7000-8000-000000000000'),
  ],
])('a stranger: %s', async (_story, cookie) => {
  const { auth, withAdmin, cookieOf } = await opened()
  const { id } = await withAdmin()

  expect(await auth.callerOf(new Headers({ cookie: await cookie(cookieOf, id) }))).toEqual({
    kind: 'stranger',
    id: null,
    name: null,
    scopes: ['open'],
  })
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

test('a session ends with its logout, and the others of the person do not', async () => {
  const { auth, withAdmin, cookieOf, callerWith, clock } = await opened()
  const { id } = await withAdmin()
  const [here, there] = [await cookieOf(id, { session: 'here' }), await cookieOf(id, { session: 'there' })]

  await auth.logout({ personId: id, id: 'here', began: new Date(clock.now()) })

  expect((await callerWith({ cookie: here })).kind).toBe('stranger')
  expect((await callerWith({ cookie: there })).kind).toBe('person')
})

test('a changed password and a shut door end what was begun before, and who is shut out cannot log in', async () => {
  const { auth, data, withAdmin, cookieOf, callerWith, clock } = await opened()
  const admin = await withAdmin()
  const asked = { caller: await callerWith({ cookie: await cookieOf(admin.id) }) }
  const { id } = await auth.createUser(
    { name: 'Bo', email: 'bo@example.org', password: 'first password', role: 'editor' },
    asked,
  )
  const before = await cookieOf(id)

  clock.advance(1)
  await auth.changeUser({ id, password: 'second password' }, asked)
  expect((await callerWith({ cookie: before })).kind).toBe('stranger')
  expect(await auth.login('bo@example.org', 'second password')).toMatchObject({ id })
  expect(await auth.changeUser({ id, is_disabled: true }, asked)).toMatchObject({
    is_disabled: true,
    is_you: false,
  })

  expect(await auth.login('bo@example.org', 'second password')).toBeNull()
  expect((await callerWith({ cookie: await cookieOf(id) })).kind).toBe('stranger')
  expect((await data.people.find(id))?.name).toBe('Bo')
})

test('a key opens what it may, by either header, until it is revoked; only its hash is kept', async () => {
  const { auth, data, withAdmin, cookieOf, callerWith } = await opened()
  const { id } = await withAdmin()
  const asked = { caller: await callerWith({ cookie: await cookieOf(id) }) }

  const made = await auth.createKey({ name: 'camera', scopes: ['upload'] }, asked)

  expect(made.key).toMatch(/^dk_[\w-]{43}$/)
  expect(made).toMatchObject({ begins_with: made.key.slice(0, 9), created_by: 'Ada', last_used_at: null })
  expect(await callerWith({ authorization: `Bearer ${made.key}` })).toEqual({
    kind: 'key',
    id: made.id,
    name: 'camera',
    scopes: [...SCOPES_OF_KEY.upload],
  })
  expect((await callerWith({ 'x-api-key': made.key })).kind).toBe('key')
  expect(JSON.stringify(await auth.listKeys({}, asked))).not.toContain(made.key)
  expect(JSON.stringify(await data.keys.list())).not.toContain(made.key)
  await expect.poll(async () => (await auth.listKeys({}, asked)).keys[0]?.last_used_at).not.toBeNull()

  await auth.revokeKey({ id: made.id }, asked)
  await expect(callerWith({ authorization: `Bearer ${made.key}` })).rejects.toMatchObject({
    code: 'unauthenticated',
  })
  expect((await callerWith({ authorization: 'Basic YTpi' })).kind).toBe('stranger')
})

test('a key expires, says so, and is marked before', async () => {
  const { auth, withAdmin, cookieOf, callerWith, clock } = await opened()
  const asked = { caller: await callerWith({ cookie: await cookieOf((await withAdmin()).id) }) }
  const days = 24 * 3600 * 1000
  const made = await auth.createKey({ name: 'camera', scopes: ['predict'], expires_in_days: 20 }, asked)
  const state = async () => (await auth.listKeys({}, asked)).keys[0]?.state
  const use = () => callerWith({ authorization: `Bearer ${made.key}` })

  expect([await state(), (await use()).kind]).toEqual(['valid', 'key'])
  clock.advance(7 * days)
  expect([await state(), (await use()).kind]).toEqual(['expires_soon', 'key'])
  clock.advance(13 * days - 1)
  expect((await use()).kind).toBe('key')
  clock.advance(1)
  await expect(use()).rejects.toMatchObject({
    code: 'unauthenticated',
    message: expect.stringContaining(`valid until ${made.expires_at}`),
  })
  expect(await state()).toBe('expired')
})

test.each<
  [
    string,
    Omit<Parameters<Auth['createKey']>[0], 'name' | 'scopes'> & { scopes?: ('upload' | 'admin')[] },
    string,
  ]
>([
  ['an end that has passed', { expires_at: '2020-01-01T00:00:00.000Z' }, 'expires_at'],
  ['two ends', { expires_at: '2120-01-01T00:00:00.000Z', expires_in_days: 3 }, 'expires_in_days'],
  ['one classifier and everything', { classifier: 'shapes', scopes: ['admin'] }, 'classifier'],
])('no key is made with %s', async (_story, wish, path) => {
  const { auth, withAdmin, cookieOf, callerWith } = await opened()
  const asked = { caller: await callerWith({ cookie: await cookieOf((await withAdmin()).id) }) }

  await expect(auth.createKey({ name: 'camera', scopes: ['upload'], ...wish }, asked)).rejects.toMatchObject({
    code: 'invalid_input',
    message: expect.stringContaining(`"${path}"`),
  })
  await expect(
    auth.createKey({ name: 'camera', scopes: ['upload'], classifier: 'nobody' }, asked),
  ).rejects.toMatchObject({ code: 'not_found' })
  expect((await auth.listKeys({}, asked)).keys).toEqual([])
})

test('a key for one classifier says so to the border, and goes with its classifier', async () => {
  const { auth, data, withAdmin, cookieOf, callerWith } = await opened()
  const asked = { caller: await callerWith({ cookie: await cookieOf((await withAdmin()).id) }) }
  await data.answers.createClassifier({
    id: 'leaves',
    classes: [],
    size: 64,
    fit: 'cover',
    is_mirrorable: true,
  })

  const made = await auth.createKey({ name: 'camera', scopes: ['upload'], classifier: 'leaves' }, asked)

  expect(made.classifier).toBe('leaves')
  expect(await callerWith({ 'x-api-key': made.key })).toMatchObject({ kind: 'key', classifier: 'leaves' })
  const { trash_id: trashId } = await data.answers.deleteClassifier({ id: 'leaves' })
  expect(await data.keys.list()).toHaveLength(1) // the classifier can be restored
  await data.erasing.erase(await data.erasing.plan(trashId ?? ''))
  expect(await data.keys.list()).toEqual([])
})

test('what one web process revokes, another refuses within a second', async () => {
  const { auth, data, withAdmin, cookieOf, callerWith, clock } = await opened()
  const asked = { caller: await callerWith({ cookie: await cookieOf((await withAdmin()).id) }) }
  const another = createAuth({
    data,
    secret: SECRET,
    limits: createLimits(UNLIMITED, data.counts),
    openActions: false,
    oidc: null,
    now: clock.now,
  })
  const { key, id } = await auth.createKey({ name: 'camera', scopes: ['upload'] }, asked)
  const there = () => another.callerOf(new Headers({ authorization: `Bearer ${key}` }))

  expect((await there()).kind).toBe('key')
  await auth.revokeKey({ id }, asked)
  await expect(callerWith({ authorization: `Bearer ${key}` })).rejects.toMatchObject({
    code: 'unauthenticated',
  })
  clock.advance(1_000)
  await expect(there()).rejects.toMatchObject({ code: 'unauthenticated' })
})

test('with OPEN_ACTIONS a stranger may look, upload and train, and is no admin', async () => {
  const { callerWith } = await opened({ openActions: true })

  expect((await callerWith({})).scopes).toEqual(['open', 'view', 'feedback', 'upload', 'train'])
})

test('a wrong password takes as long as an unknown address', async () => {
  const { auth, withAdmin } = await opened()
  await withAdmin()
  const timed = async (email: string): Promise<number> => {
    const began = performance.now()
    await auth.login(email, 'wrong horse battery')
    return performance.now() - began
  }
  await timed(ada.email)

  const times = { known: [] as number[], unknown: [] as number[] }
  for (let i = 0; i < 9; i++) {
    times.known.push(await timed(ada.email))
    times.unknown.push(await timed(`nobody${i}@example.org`))
  }

  const median = (list: number[]): number => list.toSorted((a, b) => a - b)[4]!
  expect(median(times.unknown) / median(times.known)).toBeGreaterThan(0.5)
  expect(median(times.unknown) / median(times.known)).toBeLessThan(2)
})
