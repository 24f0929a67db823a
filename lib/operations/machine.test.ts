import { existsSync } from 'node:fs'
import { expect, test } from 'vitest'
import { watchMachine } from './machine.ts'

test('the figures of this machine are shares, and this process is among its own', async () => {
  const read = watchMachine({ dataDir: '.', rootPid: process.pid, now: () => performance.now() })

  const figures = await read()

  for (const share of [figures.cpuPercent, figures.memoryPercent, figures.diskPercent]) {
    expect(share).toBeGreaterThanOrEqual(0)
    expect(share).toBeLessThanOrEqual(100)
  }
  expect(figures.cores).toBeGreaterThanOrEqual(1)
  expect(figures.processes).toContainEqual(expect.objectContaining({ pid: process.pid }))
})

test.runIf(existsSync('/proc/self/stat'))('the computation of a process shows in its CPU share', async () => {
  let now = 0
  const read = watchMachine({ dataDir: '.', rootPid: process.pid, now: () => now })
  const end = process.cpuUsage().user + 200_000
  while (process.cpuUsage().user < end);
  now = 1_000

  const own = (await read()).processes.find(({ pid }) => pid === process.pid)!

  expect(own.cpuPercent).toBeGreaterThanOrEqual(15)
  expect(own.memoryMb).toBeGreaterThan(20)
})

test('two readers within a second get the same figures, and a later reader gets new ones', async () => {
  let now = 0
  const read = watchMachine({ dataDir: '.', rootPid: process.pid, now: () => now })

  const first = await read()
  now = 999
  expect(await read()).toBe(first)
  now = 1_000
  expect(await read()).not.toBe(first)
})
