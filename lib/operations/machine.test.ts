import { existsSync } from 'node:fs'
import { expect, test } from 'vitest'
import { watchMachine } from './machine.ts'

test('the figures of this machine are shares, and this process is among its own', async () => {
  const look = watchMachine({ dataDir: '.', rootPid: process.pid, now: () => performance.now() })

  const figures = await look()

  for (const share of [figures.cpuPercent, figures.memoryPercent, figures.diskPercent]) {
    expect(share).toBeGreaterThanOrEqual(0)
    expect(share).toBeLessThanOrEqual(100)
  }
  expect(figures.cores).toBeGreaterThanOrEqual(1)
  expect(figures.processes).toContainEqual(expect.objectContaining({ pid: process.pid }))
})

test.runIf(existsSync('/proc/self/stat'))(
  'what a process computes is seen in its share of a processor',
  async () => {
    let now = 0
    const look = watchMachine({ dataDir: '.', rootPid: process.pid, now: () => now })
    const end = process.cpuUsage().user + 200_000
    while (process.cpuUsage().user < end);
    now = 1_000

    const own = (await look()).processes.find(({ pid }) => pid === process.pid)!

    expect(own.cpuPercent).toBeGreaterThanOrEqual(15)
    expect(own.memoryMb).toBeGreaterThan(20)
  },
)

test('who asks within a second of another hears the same figures, and who comes later new ones', async () => {
  let now = 0
  const look = watchMachine({ dataDir: '.', rootPid: process.pid, now: () => now })

  const first = await look()
  now = 999
  expect(await look()).toBe(first)
  now = 1_000
  expect(await look()).not.toBe(first)
})
