/** Every contract asked of the started product by those who may not: that each route stands behind its contract. And who asks from other sites. */
import { expect, test } from '@playwright/test'
import type { Contract } from '#lib/contracts/contract.ts'
import { contracts } from '#lib/contracts/index.ts'
import { startOwnProduct, type OwnProduct } from './own-product.ts'

const NOBODY = '01a1fdc4-0000-7000-8000-000000000000'
const SITE = 'https://ui.example'

const all: readonly Contract[] = contracts
const addressOf = ({ path }: Contract): string => path.replace('{id}', path.startsWith('/api/classifiers') ? 'nobody' : NOBODY)

for (const door of ['on', 'off']) {
  test.describe(`with DOOR=${door}`, () => {
    let product: OwnProduct
    let keys: Readonly<Record<'predict' | 'user' | 'upload' | 'train', string>>

    test.beforeAll(async () => {
      product = await startOwnProduct({ DOOR: door, CORS_ORIGINS: SITE, PUBLIC_PREDICT: 'false' })
      keys = { predict: await product.key('predict'), user: await product.key('user'), upload: await product.key('upload'), train: await product.key('train') }
    })
    test.afterAll(async () => { await product[Symbol.asyncDispose]() })

    const ask = (contract: Contract, headers: Record<string, string>) => product.ask(contract.method, addressOf(contract), { headers })

    for (const contract of all.filter(({ scope }) => scope !== 'open')) {
      test(`${contract.method} ${contract.path} is for ${contract.scope}`, async () => {
        expect((await ask(contract, {})).status).toBe(401)
        expect((await ask(contract, { authorization: 'Bearer dk_nobody' })).status).toBe(401)
        expect((await ask(contract, { 'x-api-key': 'nobody' })).status).toBe(401)

        const isOpenToUsers = contract.scope === 'user' || contract.scope === 'predict'
        const wrong = contract.scope === 'upload' ? keys.train : contract.scope === 'user' ? keys.predict : keys.upload
        if (contract.scope !== 'predict') expect((await ask(contract, { authorization: `Bearer ${wrong}` })).status).toBe(403)
        if (!isOpenToUsers) expect((await ask(contract, { cookie: product.user, origin: product.url })).status).toBe(403)
        if (contract.method === 'GET') return
        expect((await ask(contract, { cookie: product.admin })).status).toBe(403)
        expect((await ask(contract, { cookie: product.admin, origin: 'https://elsewhere.example' })).status).toBe(403)
        expect((await ask(contract, { cookie: product.admin, origin: SITE })).status).toBe(403)
      })
    }

    test('a page of a named site asks with a key, and another’s does not', async () => {
      const asked = { 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization' }
      const ours = await product.ask('OPTIONS', '/api/predict', { headers: { origin: SITE, ...asked } })
      const theirs = await product.ask('OPTIONS', '/api/predict', { headers: { origin: 'https://elsewhere.example', ...asked } })
      const answer = await product.ask('GET', '/api/predictions', { headers: { origin: SITE, authorization: `Bearer ${keys.user}` } })

      expect([ours.status, ours.headers.get('access-control-allow-origin')]).toEqual([204, SITE])
      expect(ours.headers.get('access-control-allow-headers')).toContain('Authorization')
      expect(ours.headers.get('access-control-allow-credentials')).toBeNull()
      expect(theirs.headers.get('access-control-allow-origin')).toBeNull()
      expect([answer.status, answer.headers.get('access-control-allow-origin'), answer.headers.get('vary')]).toEqual([200, SITE, expect.stringContaining('Origin')])
    })
  })
}
