import { expect, test } from 'vitest'
import type { Caller, Contract, Scope } from '#lib/contracts/contract.ts'
import { contracts } from '#lib/contracts/index.ts'
import { may } from './access.ts'
import { CALLERS, mayCall } from './access-table.fakes.ts'
import { darkroom } from './context.ts'
import { contractRunner, respondWith } from './handler.ts'
import { fromRequest } from './incoming.ts'
import { jsonAnswer } from './outgoing.ts'
import { openProgram } from './program.fakes.ts'

const HOME = 'http://darkroom.test'
const CLOSED: readonly Scope[] = ['view', 'feedback', 'upload', 'train', 'edit', 'admin', 'account', 'phone']

const all: readonly Contract[] = contracts
const of = (which: (contract: Contract) => boolean): [string, Contract][] =>
  all.filter(which).map((contract) => [`${contract.method} ${contract.path}`, contract])

/**
 * The status with which the access check refuses a request with these headers; null when it admits the
 * request.
 */
async function refusalOf(contract: Contract, headers: Record<string, string>): Promise<number | null> {
  let isIn = false
  const admitted = contractRunner(
    {
      ...contract,
      body: 'none',
      input: {
        safeParse: () => {
          isIn = true
          return { success: true, data: {} }
        },
      } as unknown as Contract['input'],
    },
    async () => ({}),
  )
  const handle = respondWith(async (incoming, requestId) =>
    jsonAnswer(200, (await admitted(incoming, requestId)).output),
  )
  const { status } = await handle(
    fromRequest(
      new Request(HOME + contract.path.replace(/\{\w+\}/g, '0193b3f0-0000-7000-8000-000000000001'), {
        method: contract.method,
        headers: { host: 'darkroom.test', ...headers },
      }),
    ),
  )
  expect(isIn).toBe(status === 200)
  return isIn ? null : status
}

test.each(of(({ scope }) => CLOSED.includes(scope)))(
  'an anonymous client is refused: %s',
  async (_route, contract) => {
    openProgram()
    expect(await refusalOf(contract, {})).toBe(401)
    expect(await refusalOf(contract, { cookie: 'session=unknown' })).toBe(401)
  },
)

test.each(of(() => true))(
  'every role and every key scope is admitted or refused as the table says: %s',
  async (_route, contract) => {
    openProgram({ settings: { publicPredict: false } })
    for (const name of CALLERS) {
      const headers: Record<string, string> = name.startsWith('key ')
        ? { authorization: `Bearer ${name.slice(4)}` }
        : { cookie: `session=${name}`, origin: HOME }
      expect(await refusalOf(contract, headers), name).toBe(mayCall(contract, name) ? null : 403)
    }
  },
)

test.each(of(() => true))(
  'read-only routes are open to viewers, and routes that change something are not: %s',
  (_route, { method, path, scope, isReadOnly }) => {
    // everything at once, to take away: for those who may change it
    const exported: readonly string[] = [
      '/api/snapshots/{id}/export',
      '/api/classifiers/{id}/export',
      '/api/phone-links', // and who may let a phone in
    ]
    const reads: readonly Scope[] = ['open', 'predict', 'view', 'admin', 'account', 'phone']
    if (method === 'GET') expect(exported.includes(path) ? ['edit'] : reads).toContain(scope)
    else if (isReadOnly !== true) expect(scope).not.toBe('view')
  },
)

test.each(of(({ method, scope }) => method !== 'GET' && scope !== 'open' && scope !== 'phone'))(
  'a change authorised by cookie must come from our own pages: %s',
  async (_route, contract) => {
    openProgram()
    for (const origin of [
      'https://elsewhere.example',
      'null',
      'http://darkroom.test.elsewhere.example',
      'https://darkroom.test:8443',
    ])
      expect(await refusalOf(contract, { cookie: 'session=admin', origin })).toBe(403)
    expect(await refusalOf(contract, { cookie: 'session=admin' })).toBe(403)
    expect(await refusalOf(contract, { cookie: 'session=admin', origin: HOME })).toBeNull()
    if (contract.scope !== 'account')
      expect(
        await refusalOf(contract, { authorization: 'Bearer admin', origin: 'https://elsewhere.example' }),
      ).toBeNull()
  },
)

test.each(of(({ scope }) => scope === 'predict'))(
  'anonymous clients may predict while the owner allows it: %s',
  async (_route, contract) => {
    openProgram()
    expect(await refusalOf(contract, {})).toBeNull()

    openProgram({ settings: { publicPredict: false } })
    expect(await refusalOf(contract, {})).toBe(401)
    expect(await refusalOf(contract, { authorization: 'Bearer user' })).toBeNull()
  },
)

test.each<[string, Caller['kind'], Scope, boolean]>([
  ['a key has no account, whatever its scopes', 'key', 'account', false],
  ['an admin key may do everything else', 'key', 'upload', true],
  ['a person has an account', 'person', 'account', true],
])('%s', (_story, kind, scope, isIn) => {
  expect(may({ kind, id: 'k', name: 'k', scopes: ['admin'] }, scope)).toBe(isIn)
})

test('other origins that the owner lists may act as anonymous clients, but never with a cookie', async () => {
  const anonymous: Caller = { kind: 'anonymous', id: null, name: null, scopes: ['open', 'upload'] }
  const [[, upload]] = of(({ path }) => path === '/api/upload') as [[string, Contract]]
  openProgram({
    settings: { corsOrigins: ['https://ours.example'] },
    auth: { callerOf: async () => anonymous },
  })

  expect(await refusalOf(upload, { origin: 'https://ours.example' })).toBeNull()
  expect(await refusalOf(upload, { origin: 'https://elsewhere.example' })).toBe(403)

  openProgram({ settings: { corsOrigins: ['https://ours.example'] } })
  expect(await refusalOf(upload, { origin: 'https://ours.example', cookie: 'session=admin' })).toBe(403)
})

test('a change is recorded with its author and subject, and a read is not', async () => {
  const noted: unknown[] = []
  openProgram({ operations: { noteChange: async (change) => void noted.push(change) } })

  for (const [, contract] of of(
    ({ path, method }) => path === '/api/users/{id}' || (path === '/api/users' && method === 'GET'),
  ))
    await refusalOf(contract, { authorization: 'Bearer admin' })

  expect(noted).toMatchObject([
    { by: 'key "admin"', action: 'PATCH /api/users/{id}' },
    { by: 'key "admin"', action: 'DELETE /api/users/{id}' },
  ])
  expect(darkroom().settings().openActions).toBe(false)
})

test('a change that cannot be recorded still takes effect, and the failure is logged', async () => {
  const { logged } = openProgram({
    operations: {
      noteChange: async () => {
        throw new Error('the disk is full')
      },
    },
  })
  const [[, remove]] = of(({ path, method }) => path === '/api/users/{id}' && method === 'DELETE') as [
    [string, Contract],
  ]

  expect(await refusalOf(remove, { authorization: 'Bearer admin' })).toBeNull()
  expect(logged.filter(({ level }) => level === 'error').map((line) => line.message)).toEqual([
    'A change could not be recorded',
  ])
})
