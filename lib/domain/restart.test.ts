import { expect, test } from 'vitest'
import { createRestarts } from './restart.ts'

test('the fifth end of a process that had started is followed by a start as quick as the first', () => {
  const restarts = createRestarts()

  const waits = Array.from({ length: 5 }, () => {
    restarts.started()
    return restarts.ended('code 1').waitMs
  })

  expect(waits).toEqual([0, 0, 0, 0, 0])
})

test('one that fails to start waits longer and longer, up to ten seconds, until it has started once', () => {
  const restarts = createRestarts()

  expect(Array.from({ length: 9 }, () => restarts.ended('code 1').waitMs)).toEqual([
    0, 200, 500, 1_000, 2_000, 5_000, 10_000, 10_000, 10_000,
  ])

  restarts.started()
  expect(restarts.ended('code 1')).toEqual({ waitMs: 0, failedStarts: 0 })
  expect(restarts.ended('code 1')).toEqual({ waitMs: 0, failedStarts: 1 })
  expect(restarts.ended('code 1')).toEqual({ waitMs: 200, failedStarts: 2 })
})

test('a start that is killed from outside again and again is repeated at once, ten times', () => {
  const restarts = createRestarts()

  const waits = Array.from({ length: 14 }, () => restarts.ended('SIGKILL').waitMs)

  expect(waits).toEqual([...Array.from({ length: 10 }, () => 0), 0, 200, 500, 1_000])
})

test('once it has started, ten more starts may be killed from outside', () => {
  const restarts = createRestarts()
  for (let i = 0; i < 10; i++) restarts.ended('SIGKILL')
  restarts.started()
  restarts.ended('code 1')

  const failed = Array.from({ length: 11 }, () => restarts.ended('SIGKILL').failedStarts)

  expect(failed).toEqual([...Array.from({ length: 10 }, () => 0), 1])
})
