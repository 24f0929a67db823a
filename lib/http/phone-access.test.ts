import { expect, test } from 'vitest'
import type { Caller, Contract } from '#lib/contracts/contract.ts'
import { contracts } from '#lib/contracts/index.ts'
import { SCOPES } from '#lib/contracts/contract.ts'
import { admit, may } from './access.ts'
import { darkroom } from './context.ts'
import { fromRequest } from './incoming.ts'
import { openProgram } from './program.fakes.ts'

const ALLOWED = ['GET /api/phone', 'POST /api/phone/images']
const PREDICT = 'POST /api/predict'
const all: readonly Contract[] = contracts

const phone = (mayPredict: boolean): Caller => ({
  kind: 'link',
  id: 'l',
  name: 'Ada',
  scopes: ['phone'],
  classifier: 'leaves',
  link: { label: null, mayPredict },
})

/** The routes that admit this caller. */
async function admitted(caller: Caller, publicPredict: boolean): Promise<readonly string[]> {
  openProgram({ settings: { publicPredict, openActions: true }, auth: { callerOf: async () => caller } })
  const open: string[] = []
  for (const contract of all) {
    const request = new Request(`http://darkroom.test${contract.path}`, {
      method: contract.method,
      headers: { authorization: 'Bearer dl_x', host: 'darkroom.test' },
    })
    await Promise.resolve(admit(contract, fromRequest(request), darkroom())).then(
      () => open.push(`${contract.method} ${contract.path}`),
      (error: unknown) => expect(error).toMatchObject({ code: 'forbidden' }),
    )
  }
  return open
}

test.each([true, false])(
  'a phone link opens two routes and predicting, and no other of all routes (public predictions: %s)',
  async (publicPredict) => {
    expect((await admitted(phone(true), publicPredict)).toSorted()).toEqual([...ALLOWED, PREDICT].toSorted())
    expect((await admitted(phone(false), publicPredict)).toSorted()).toEqual(ALLOWED)
  },
)

test('a phone link has no right of a person or a key, and these have none of its own', () => {
  for (const scope of SCOPES) expect(may(phone(true), scope)).toBe(scope === 'phone')
  expect(may({ kind: 'person', id: 'p', name: 'Ada', scopes: ['admin'] }, 'phone')).toBe(false)
  expect(may({ kind: 'key', id: 'k', name: 'k', scopes: ['admin', 'phone'] }, 'phone')).toBe(false)
})
