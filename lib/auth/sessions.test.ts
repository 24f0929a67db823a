import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { folderForTest, openForTest } from '#lib/data/opened.fakes.ts'
import { setupTokenOf, type Auth } from './auth.ts'
import { opened } from './opened.fakes.ts'
import { SCOPES_OF_ROLE } from './rights.ts'
import { sessionSecret } from './secret.ts'

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

test('a session that next-auth split into parts is joined again', async () => {
  const { auth, withAdmin, cookieOf } = await opened()
  const [name = '', token = ''] = (await cookieOf((await withAdmin()).id)).split('=')

  const caller = await auth.callerOf(
    new Headers({ cookie: `${name}.1=${token.slice(50)}; ${name}.0=${token.slice(0, 50)}` }),
  )

  expect(caller.kind).toBe('person')
})

test.each([
  ['no cookie', async () => ''],
  ['a cookie that is not a token', async () => 'next-auth.session-token=abc'],
  [
    'a token signed elsewhere',
    async (cookieOf: (sub: string, how?: { secret?: string }) => Promise<string>, id: string) =>
      cookieOf(id, { secret: 'another secret, as long' }),
  ],
  [
    'a person who was deleted',
    async (cookieOf: (sub: string) => Promise<string>) => cookieOf('01a1fdc4-0000-7000-8000-000000000000'),
  ],
])('an anonymous client: %s', async (_story, cookie) => {
  const { auth, withAdmin, cookieOf } = await opened()
  const { id } = await withAdmin()

  expect(await auth.callerOf(new Headers({ cookie: await cookie(cookieOf, id) }))).toEqual({
    kind: 'anonymous',
    id: null,
    name: null,
    scopes: ['open'],
  })
})

test('the secret is created once, readable only by the owner; a configured one has priority', async () => {
  const dataDir = path.join(folderForTest(), 'data')

  const made = await sessionSecret(undefined, { dataDir, shared: null })

  expect(made.length).toBeGreaterThan(40)
  expect(await sessionSecret(undefined, { dataDir, shared: null })).toBe(made)
  expect(await sessionSecret('the owner’s own secret', { dataDir, shared: null })).toBe(
    'the owner’s own secret',
  )
  expect(statSync(path.join(dataDir, 'session-secret')).mode & 0o777).toBe(0o600)
})

test('a secret that another process created first is used, not replaced', async () => {
  const dataDir = folderForTest()
  mkdirSync(dataDir, { recursive: true })
  writeFileSync(path.join(dataDir, 'session-secret'), 'made by another')

  expect(await sessionSecret(undefined, { dataDir, shared: null })).toBe('made by another')
  expect(readFileSync(path.join(dataDir, 'session-secret'), 'utf8')).toBe('made by another')
})

test('hosts that share a database have the same secrets, and their own folders contain none', async () => {
  const { data } = await openForTest()
  const [one, two] = [folderForTest(), folderForTest()]
  const placeIn = (dataDir: string) => ({ dataDir, shared: data.storedSettings })

  const secrets = await Promise.all([one, two].map((folder) => sessionSecret(undefined, placeIn(folder))))
  const tokens = await Promise.all([one, two].map((folder) => setupTokenOf(data.people, placeIn(folder))))

  expect(new Set(secrets).size).toBe(1)
  expect(new Set(tokens).size).toBe(1)
  expect(tokens[0]).not.toBe(secrets[0])
  expect([one, two].flatMap((folder) => readdirSync(folder))).toEqual([])
})

test('a session ends with its logout, and the person’s other sessions do not', async () => {
  const { auth, withAdmin, cookieOf, callerWith, clock } = await opened()
  const { id } = await withAdmin()
  const [here, there] = [await cookieOf(id, { session: 'here' }), await cookieOf(id, { session: 'there' })]

  await auth.logout({ personId: id, id: 'here', began: new Date(clock.now()) })

  expect((await callerWith({ cookie: here })).kind).toBe('anonymous')
  expect((await callerWith({ cookie: there })).kind).toBe('person')
})

test('a new password and a deactivation end earlier sessions, and a disabled person cannot log in', async () => {
  const { auth, data, withAdmin, cookieOf, callerWith, clock } = await opened()
  const admin = await withAdmin()
  const request = { caller: await callerWith({ cookie: await cookieOf(admin.id) }) }
  const { id } = await auth.createUser(
    { name: 'Bo', email: 'bo@example.org', password: 'first password', role: 'editor' },
    request,
  )
  const before = await cookieOf(id)

  clock.advance(1)
  await auth.changeUser({ id, password: 'second password' }, request)
  expect((await callerWith({ cookie: before })).kind).toBe('anonymous')
  expect(await auth.login('bo@example.org', 'second password')).toMatchObject({ id })
  expect(await auth.changeUser({ id, is_disabled: true }, request)).toMatchObject({
    is_disabled: true,
    is_you: false,
  })

  expect(await auth.login('bo@example.org', 'second password')).toBeNull()
  expect((await callerWith({ cookie: await cookieOf(id) })).kind).toBe('anonymous')
  expect((await data.people.find(id))?.name).toBe('Bo')
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
])('no key is created with %s', async (_story, wish, path) => {
  const { auth, withAdmin, cookieOf, callerWith } = await opened()
  const request = { caller: await callerWith({ cookie: await cookieOf((await withAdmin()).id) }) }

  await expect(
    auth.createKey({ name: 'camera', scopes: ['upload'], ...wish }, request),
  ).rejects.toMatchObject({
    code: 'invalid_input',
    message: expect.stringContaining(`"${path}"`),
  })
  await expect(
    auth.createKey({ name: 'camera', scopes: ['upload'], classifier: 'unknown' }, request),
  ).rejects.toMatchObject({ code: 'not_found' })
  expect((await auth.listKeys({}, request)).keys).toEqual([])
})
