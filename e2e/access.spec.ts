/**
 * Every contract, requested from a running product by callers without the permission: its route must
 * enforce the scope of its contract. And requests from other sites.
 */
import { expect, test } from '@playwright/test'
import type { Contract } from '#lib/contracts/contract.ts'
import { contracts } from '#lib/contracts/index.ts'
import { CALLERS, mayCall, type CallerName } from '#lib/http/access-table.fakes.ts'
import { startOwnProduct, type OwnProduct } from './own-product.ts'

const UNKNOWN_ID = '01a1fdc4-0000-7000-8000-000000000000'
const SITE = 'https://ui.example'

const all: readonly Contract[] = contracts
const addressOf = ({ path }: Contract): string =>
  path.replace('{id}', path.startsWith('/api/classifiers') ? 'unknown' : UNKNOWN_ID)

for (const fastPath of ['on', 'off']) {
  test.describe(`with DOOR=${fastPath}`, () => {
    let product: OwnProduct
    let headersOf: Readonly<Record<CallerName, Record<string, string>>>

    test.beforeAll(async () => {
      product = await startOwnProduct({ DOOR: fastPath, CORS_ORIGINS: SITE, PUBLIC_PREDICT: 'false' })
      const session = (cookie: string) => ({ cookie, origin: product.url })
      const key = async (scope: string) => ({ authorization: `Bearer ${await product.key(scope)}` })
      headersOf = {
        viewer: session(await product.addUser('viewer')),
        editor: session(product.user),
        admin: session(product.admin),
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

    const send = (contract: Contract, headers: Record<string, string>) =>
      product.request(contract.method, addressOf(contract), { headers })

    for (const contract of all.filter(({ scope }) => scope !== 'open')) {
      test(`${contract.method} ${contract.path} is for ${contract.scope}`, async () => {
        expect((await send(contract, {})).status).toBe(401)
        expect((await send(contract, { authorization: 'Bearer dk_unknown' })).status).toBe(401)
        expect((await send(contract, { 'x-api-key': 'unknown' })).status).toBe(401)

        for (const name of CALLERS.filter((one) => !mayCall(contract, one)))
          expect((await send(contract, headersOf[name])).status, name).toBe(403)
        if (contract.method === 'GET') return
        expect((await send(contract, { cookie: product.admin })).status).toBe(403)
        expect(
          (await send(contract, { cookie: product.admin, origin: 'https://elsewhere.example' })).status,
        ).toBe(403)
        expect((await send(contract, { cookie: product.admin, origin: SITE })).status).toBe(403)
      })
    }

    test('a page of an allowed site can call the API with a key, and a page of another site cannot', async () => {
      const request = {
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization',
      }
      const ours = await product.request('OPTIONS', '/api/predict', { headers: { origin: SITE, ...request } })
      const theirs = await product.request('OPTIONS', '/api/predict', {
        headers: { origin: 'https://elsewhere.example', ...request },
      })
      const answer = await product.request('GET', '/api/predictions', {
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
