import { expect, test } from 'vitest'
import { createRestarts } from './restart.ts'

test('after its fifth exit, a process that had started is restarted as quickly as after the first', () => {
  const restarts = createRestarts()

  const waits = Array.from({ length: 5 }, () => {
    restarts.started()
    return restarts.ended('code 1').waitMs
  })

  expect(waits).toEqual([0, 0, 0, 0, 0])
})

test('a process that fails to start waits longer each time, up to ten seconds, until it has started once', () => {
  const restarts = createRestarts()

  expect(Array.from({ length: 9 }, () => restarts.ended('code 1').waitMs)).toEqual([
    0, 200, 500, 1_000, 2_000, 5_000, 10_000, 10_000, 10_000,
  ])

  restarts.started()
  expect(restarts.ended('code 1')).toEqual({ waitMs: 0, failedStarts: 0 })
  expect(restarts.ended('code 1')).toEqual({ waitMs: 0, failedStarts: 1 })
  expect(restarts.ended('code 1')).toEqual({ waitMs: 200, failedStarts: 2 })
})

test('a start that is repeatedly killed from outside is repeated at once, ten times', () => {
  const restarts = createRestarts()

  const waits = Array.from({ length: 14 }, () => restarts.ended('SIGKILL').waitMs)

  expect(waits).toEqual([...Array.from({ length: 10 }, () => 0), 0, 200, 500, 1_000])
})

test('after a successful start, ten more starts may be killed from outside', () => {
  const restarts = createRestarts()
  for (let i = 0; i < 10; i++) restarts.ended('SIGKILL')
  restarts.started()
  restarts.ended('code 1')

  const failed = Array.from({ length: 11 }, () => restarts.ended('SIGKILL').failedStarts)

  expect(failed).toEqual([...Array.from({ length: 10 }, () => 0), 1])
})
