import { existsSync, statSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { createAuth } from './auth.ts'
import { createLimits } from './rate-limits.ts'
import { editsOf } from '#lib/data/opened.fakes.ts'
import { ada, opened, SECRET, UNLIMITED } from './opened.fakes.ts'
import { hashPassword, isPasswordRight } from './passwords.ts'
import { SCOPES_OF_KEY } from './rights.ts'

test('the first admin is created once, with the token that every start prints until then', async () => {
  const { data, auth, folder, token } = await opened()
  const printed = (await token()) ?? ''
  const tokenFile = path.join(folder, 'setup-token')
  expect(await auth.needsFirstAdmin()).toBe(true)
  expect(await token()).toBe(printed)
  expect(statSync(tokenFile).mode & 0o777).toBe(0o600)

  await expect(auth.firstAdmin({ ...ada, token: `${printed}x` })).rejects.toMatchObject({ code: 'forbidden' })
  const admin = await auth.firstAdmin({ ...ada, token: printed })

  expect(admin.email).toBe('ada@example.org')
  expect(await auth.needsFirstAdmin()).toBe(false)
  expect(await token()).toBeNull()
  expect(existsSync(tokenFile)).toBe(false)
  await expect(auth.firstAdmin({ ...ada, token: printed })).rejects.toMatchObject({ code: 'conflict' })
  expect(await data.people.count('admin')).toBe(1)
})

test('when two people use the token at the same time, one becomes admin', async () => {
  const { data, auth, token: tokenOf } = await opened()
  const token = (await tokenOf()) ?? ''

  const both = await Promise.allSettled([
    auth.firstAdmin({ ...ada, token }),
    auth.firstAdmin({ ...ada, email: 'eve@example.org', token }),
  ])

  expect(both.map((one) => one.status).sort()).toEqual(['fulfilled', 'rejected'])
  expect(await data.people.count('admin')).toBe(1)
})

test('only the correct password of a known person logs in', async () => {
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

test('passwords are stored as argon2id with 19 MiB and two passes, salted, in normalised form', async () => {
  const [one, two] = await Promise.all([
    hashPassword('Müller-Lüdenscheidt'),
    hashPassword('Müller-Lüdenscheidt'),
  ])

  expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
  expect(one).not.toBe(two)
  expect(await isPasswordRight('Mu\u0308ller-Lu\u0308denscheidt', one)).toBe(true)
  expect(await isPasswordRight('', null)).toBe(false)
})

test('a key grants its scopes, by either header, until it is revoked; only its hash is stored', async () => {
  const { auth, data, withAdmin, cookieOf, callerWith } = await opened()
  const { id } = await withAdmin()
  const request = { caller: await callerWith({ cookie: await cookieOf(id) }) }

  const made = await auth.createKey({ name: 'camera', scopes: ['upload'] }, request)

  expect(made.key).toMatch(/^dk_[\w-]{43}$/)
  expect(made).toMatchObject({ begins_with: made.key.slice(0, 9), created_by: 'Ada', last_used_at: null })
  expect(await callerWith({ authorization: `Bearer ${made.key}` })).toEqual({
    kind: 'key',
    id: made.id,
    name: 'camera',
    scopes: [...SCOPES_OF_KEY.upload],
  })
  expect((await callerWith({ 'x-api-key': made.key })).kind).toBe('key')
  expect(JSON.stringify(await auth.listKeys({}, request))).not.toContain(made.key)
  expect(JSON.stringify(await data.keys.list())).not.toContain(made.key)
  await expect.poll(async () => (await auth.listKeys({}, request)).keys[0]?.last_used_at).not.toBeNull()

  await auth.revokeKey({ id: made.id }, request)
  await expect(callerWith({ authorization: `Bearer ${made.key}` })).rejects.toMatchObject({
    code: 'unauthenticated',
  })
  expect((await callerWith({ authorization: 'Basic YTpi' })).kind).toBe('anonymous')
})

test('a key expires, the error says so, and the key is marked before', async () => {
  const { auth, withAdmin, cookieOf, callerWith, clock } = await opened()
  const request = { caller: await callerWith({ cookie: await cookieOf((await withAdmin()).id) }) }
  const days = 24 * 3600 * 1000
  const made = await auth.createKey({ name: 'camera', scopes: ['predict'], expires_in_days: 20 }, request)
  const state = async () => (await auth.listKeys({}, request)).keys[0]?.state
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

test('a key for one classifier carries that restriction, and is removed with its classifier', async () => {
  const { auth, data, withAdmin, cookieOf, callerWith } = await opened()
  const request = { caller: await callerWith({ cookie: await cookieOf((await withAdmin()).id) }) }
  await editsOf(data).createClassifier({
    id: 'leaves',
    classes: [],
    size: 64,
    fit: 'cover',
    is_mirrorable: true,
  })

  const made = await auth.createKey({ name: 'camera', scopes: ['upload'], classifier: 'leaves' }, request)

  expect(made.classifier).toBe('leaves')
  expect(await callerWith({ 'x-api-key': made.key })).toMatchObject({ kind: 'key', classifier: 'leaves' })
  const { trash_id: trashId } = await editsOf(data).deleteClassifier({ id: 'leaves' })
  expect(await data.keys.list()).toHaveLength(1) // the classifier can be restored
  await data.erasing.erase(await data.erasing.plan(trashId ?? ''))
  expect(await data.keys.list()).toEqual([])
})

test('a key revoked by one web process is refused by the others within a second', async () => {
  const { auth, data, withAdmin, cookieOf, callerWith, clock } = await opened()
  const request = { caller: await callerWith({ cookie: await cookieOf((await withAdmin()).id) }) }
  const another = createAuth({
    data,
    secret: SECRET,
    limits: createLimits(UNLIMITED, data.counts),
    openActions: false,
    oidc: null,
    now: clock.now,
  })
  const { key, id } = await auth.createKey({ name: 'camera', scopes: ['upload'] }, request)
  const there = () => another.callerOf(new Headers({ authorization: `Bearer ${key}` }))

  expect((await there()).kind).toBe('key')
  await auth.revokeKey({ id }, request)
  await expect(callerWith({ authorization: `Bearer ${key}` })).rejects.toMatchObject({
    code: 'unauthenticated',
  })
  clock.advance(1_000)
  await expect(there()).rejects.toMatchObject({ code: 'unauthenticated' })
})

test('with OPEN_ACTIONS an anonymous client may view, upload and train, and is not an admin', async () => {
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
    times.unknown.push(await timed(`unknown${i}@example.org`))
  }

  const median = (list: number[]): number => list.toSorted((a, b) => a - b)[4]!
  expect(median(times.unknown) / median(times.known)).toBeGreaterThan(0.5)
  expect(median(times.unknown) / median(times.known)).toBeLessThan(2)
})
