/** Every contract asked of the started product by those who may not: that each route stands behind its
 *  contract. And who asks from other sites. */
import { expect, test } from '@playwright/test'
import type { Contract } from '#lib/contracts/contract.ts'
import { contracts } from '#lib/contracts/index.ts'
import { CALLERS, mayCall, type CallerName } from '#lib/http/access-table.fakes.ts'
import { startOwnProduct, type OwnProduct } from './own-product.ts'

const NOBODY = '01a1fdc4-0000-7000-8000-000000000000'
const SITE = 'https://ui.example'

const all: readonly Contract[] = contracts
const addressOf = ({ path }: Contract): string =>
  path.replace('{id}', path.startsWith('/api/classifiers') ? 'nobody' : NOBODY)

for (const door of ['on', 'off']) {
  test.describe(`with DOOR=${door}`, () => {
    let product: OwnProduct
    let headersOf: Readonly<Record<CallerName, Record<string, string>>>

    test.beforeAll(async () => {
      product = await startOwnProduct({ DOOR: door, CORS_ORIGINS: SITE, PUBLIC_PREDICT: 'false' })
      const person = (cookie: string) => ({ cookie, origin: product.url })
      const key = async (scope: string) => ({ authorization: `Bearer ${await product.key(scope)}` })
      headersOf = {
        viewer: person(await product.person('viewer')),
        editor: person(product.user),
        admin: person(product.admin),
        'key predict': await key('predict'),
        'key user': await key('user'),
        'key upload': await key('upload'),
        'key train': await key('train'),
        'key admin': await key('admin'),
      }
    })
    test.afterAll(async () => {
      await product[Symbol.asyncDispose]()
    })

    const ask = (contract: Contract, headers: Record<string, string>) =>
      product.ask(contract.method, addressOf(contract), { headers })

    for (const contract of all.filter(({ scope }) => scope !== 'open')) {
      test(`${contract.method} ${contract.path} is for ${contract.scope}`, async () => {
        expect((await ask(contract, {})).status).toBe(401)
        expect((await ask(contract, { authorization: 'Bearer dk_nobody' })).status).toBe(401)
        expect((await ask(contract, { 'x-api-key': 'nobody' })).status).toBe(401)

        for (const name of CALLERS.filter((one) => !mayCall(contract, one)))
          expect((await ask(contract, headersOf[name])).status, name).toBe(403)
        if (contract.method === 'GET') return
        expect((await ask(contract, { cookie: product.admin })).status).toBe(403)
        expect(
          (await ask(contract, { cookie: product.admin, origin: 'https://elsewhere.example' })).status,
        ).toBe(403)
        expect((await ask(contract, { cookie: product.admin, origin: SITE })).status).toBe(403)
      })
    }

    test('a page of a named site asks with a key, and another’s does not', async () => {
      const request = {
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization',
      }
      const ours = await product.ask('OPTIONS', '/api/predict', { headers: { origin: SITE, ...request } })
      const theirs = await product.ask('OPTIONS', '/api/predict', {
        headers: { origin: 'https://elsewhere.example', ...request },
      })
      const answer = await product.ask('GET', '/api/predictions', {
        headers: { origin: SITE, ...headersOf['key user'] },
      })

      expect([ours.status, ours.headers.get('access-control-allow-origin')]).toEqual([204, SITE])
      expect(ours.headers.get('access-control-allow-headers')).toContain('Authorization')
      expect(ours.headers.get('access-control-allow-credentials')).toBeNull()
      expect(theirs.headers.get('access-control-allow-origin')).toBeNull()
      expect([
        answer.status,
        answer.headers.get('access-control-allow-origin'),
        answer.headers.get('vary'),
      ]).toEqual([200, SITE, expect.stringContaining('Origin')])
    })
  })
}
