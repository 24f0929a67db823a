import { expect, test } from 'vitest'
import { NOON, openForTest } from '../opened.fakes.ts'

const host = {
  id: 'a',
  name: 'box:3000',
  role: 'web',
  version: '1.0.0',
  startedAt: new Date(NOON),
  processes: [{ name: 'web', pid: 7, memoryMb: 90.5, cpuPercent: 1 }],
}

test('a host is live for 15 seconds after its heartbeat, and is listed for an hour', async () => {
  const { data, clock } = await openForTest()
  await data.hosts.seen(host)

  clock.advance(14_999)
  expect(await data.hosts.list()).toEqual([{ ...host, lastSeen: new Date(NOON), isLive: true }])
  clock.advance(1)
  expect(await data.hosts.list()).toMatchObject([{ id: 'a', isLive: false }])

  clock.advance(3_600_000)
  await data.hosts.seen({ ...host, id: 'b' })
  expect((await data.hosts.list()).map(({ id }) => id)).toEqual(['b'])
})

test('a heartbeat replaces the figures of before, and a host that ends in order is not listed', async () => {
  const { data, clock } = await openForTest()
  await data.hosts.seen(host)
  clock.advance(3_000)

  await data.hosts.seen({ ...host, processes: [] })
  expect(await data.hosts.list()).toMatchObject([{ lastSeen: new Date(NOON + 3_000), processes: [] }])

  await data.hosts.leave('a')
  expect(await data.hosts.list()).toEqual([])
})
