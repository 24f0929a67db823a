import { expect, onTestFinished, test, vi } from 'vitest'
import { openForTest } from '#lib/data/opened.fakes.ts'
import type { Caller } from '#lib/contracts/contract.ts'
import { createLimits, placeOf, type LimitSettings } from './rate-limits.ts'

const OF_THREE = { points: 3, windowSeconds: 60 }
const THREE: LimitSettings = {
  isEnabled: true,
  allowances: {
    predict: OF_THREE,
    batch: OF_THREE,
    upload: OF_THREE,
    retrain: { points: 3, windowSeconds: 3_600 },
    evaluate: OF_THREE,
    login: OF_THREE,
    logins: OF_THREE,
  },
  keyTimes: 2,
}
const anonymous: Caller = { kind: 'anonymous', id: null, name: null, scopes: [] }
const from = (address: string, caller = anonymous) => ({ address, caller })
const key = { ...anonymous, kind: 'key', id: 'k' } as const

test('the fourth request of a minute is refused with a time to retry; other clients are not affected', async () => {
  vi.useFakeTimers({ now: 0 })
  const { data } = await openForTest()
  const limits = createLimits(THREE, data.counts)
  const ask = async () => limits.take('predict', from('192.0.2.1'))

  expect([await ask(), await ask(), await ask()].map((rate) => rate?.remaining)).toEqual([2, 1, 0])
  vi.setSystemTime(20_000)
  expect(await ask()).toEqual({
    isAllowed: false,
    limit: 3,
    remaining: 0,
    resetSeconds: 40,
    windowSeconds: 60,
  })
  expect(await limits.take('predict', from('192.0.2.2'))).toMatchObject({ isAllowed: true })
  expect(await limits.take('upload', from('192.0.2.1'))).toMatchObject({ isAllowed: true })
  vi.setSystemTime(60_001)
  expect(await ask()).toMatchObject({ isAllowed: true, remaining: 2 })
  vi.useRealTimers()
})

test('a key has its own limit, from any address; a person is counted as that person', async () => {
  const { data } = await openForTest()
  const limits = createLimits(THREE, data.counts)
  const person: Caller = { ...anonymous, kind: 'person', id: 'p' }

  for (let i = 0; i < 6; i++)
    expect(await limits.take('predict', from(`192.0.2.${i}`, key))).toMatchObject({
      isAllowed: true,
      limit: 6,
    })
  expect((await limits.take('predict', from('192.0.2.9', key)))?.isAllowed).toBe(false)
  for (let i = 0; i < 3; i++) await limits.take('predict', from('192.0.2.1', person))
  expect((await limits.take('predict', from('192.0.2.7', person)))?.isAllowed).toBe(false)
  expect((await limits.take('predict', from('192.0.2.1')))?.isAllowed).toBe(true)
})

test('after an exchange, each process knows the counts of the others', async () => {
  const { data } = await openForTest()
  const [one, two] = [createLimits(THREE, data.counts), createLimits(THREE, data.counts)]
  await two.exchange()
  for (let i = 0; i < 3; i++) await one.take('login', from('192.0.2.1'))
  await one.undoCount('login', from('192.0.2.1'))

  await one.exchange()
  await two.exchange()

  expect(await two.take('login', from('192.0.2.1'))).toMatchObject({ isAllowed: true, remaining: 0 })
  expect((await two.take('login', from('192.0.2.1')))?.isAllowed).toBe(false)
  await one.exchange()
  expect((await one.take('login', from('192.0.2.1')))?.remaining).toBe(0)
})

test('an hourly window covers all processes and survives a restart', async () => {
  vi.useFakeTimers({ now: 0, toFake: ['Date', 'setTimeout', 'clearTimeout'] })
  onTestFinished(() => {
    vi.useRealTimers()
  })
  const { data, clock } = await openForTest()
  vi.setSystemTime(clock.now())
  const pass = (minutes: number) => {
    clock.advance(minutes * 60_000)
    vi.advanceTimersByTime(minutes * 60_000)
  }
  const [one, two] = [createLimits(THREE, data.counts), createLimits(THREE, data.counts)]
  for (const limits of [one, two]) await limits.exchange()
  const here = from('192.0.2.1')

  expect(await one.take('retrain', here)).toMatchObject({
    limit: 3,
    remaining: 2,
    resetSeconds: 3_600,
    windowSeconds: 3_600,
  })
  await one.take('predict', here)
  await one.exchange()
  await two.exchange()
  pass(30)
  expect((await two.take('retrain', here))?.remaining).toBe(1)
  await two.exchange()
  pass(10)

  const restarted = createLimits(THREE, data.counts)
  await restarted.exchange()
  expect(await restarted.take('retrain', here)).toMatchObject({
    isAllowed: true,
    remaining: 0,
    resetSeconds: 20 * 60,
  })
  expect(await restarted.take('retrain', here)).toMatchObject({ isAllowed: false, resetSeconds: 20 * 60 })
  expect(await restarted.take('predict', here)).toMatchObject({ remaining: 2 })

  pass(21)
  expect(await restarted.take('retrain', here)).toMatchObject({ isAllowed: true, remaining: 2 })
})

test('accounts are counted separately, and so are addresses', async () => {
  const { data } = await openForTest()
  const limits = createLimits(THREE, data.counts)
  const tried = (address: string, account: string) => limits.take('login', { ...from(address), account })
  for (let i = 0; i < 3; i++) await tried('192.0.2.1', 'ada@example.org')

  expect((await tried('192.0.2.1', ' ADA@example.org'))?.isAllowed).toBe(false)
  expect((await tried('192.0.2.2', 'ada@example.org'))?.isAllowed).toBe(true)
  expect((await tried('192.0.2.1', 'bo@example.org'))?.isAllowed).toBe(true)
})

test('counts that could not be exchanged are exchanged the next time', async () => {
  const { data } = await openForTest()
  let isBroken = true
  const counts = {
    ...data.counts,
    exchange: (request: Parameters<typeof data.counts.exchange>[0]) =>
      isBroken ? Promise.reject(new Error('the disk is full')) : data.counts.exchange(request),
  }
  const [one, two] = [createLimits(THREE, counts), createLimits(THREE, data.counts)]
  await two.exchange()
  await one.take('predict', from('192.0.2.1'))

  await expect(one.exchange()).rejects.toThrow('full')
  isBroken = false
  await one.exchange()
  await two.exchange()

  expect((await two.take('predict', from('192.0.2.1')))?.remaining).toBe(1)
})

test('with rate limits disabled nothing is limited', async () => {
  const { data } = await openForTest()
  const limits = createLimits({ ...THREE, isEnabled: false }, data.counts)

  for (let i = 0; i < 9; i++) expect(await limits.take('login', from('192.0.2.1'))).toBeNull()
})

test.each([
  ['192.0.2.1', '192.0.2.1'],
  ['::ffff:192.0.2.1', '192.0.2.1'],
  ['2001:db8:0:7:1:2:3:4', '2001:db8:0:7::/64'],
  ['2001:DB8:0:7::9', '2001:db8:0:7::/64'],
  ['2001:db8::1', '2001:db8:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
])('%s is counted as %s', (address, place) => expect(placeOf(address)).toBe(place))
