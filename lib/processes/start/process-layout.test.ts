import { availableParallelism } from 'node:os'
import { expect, test } from 'vitest'
import { parseSettings, type Settings } from '#lib/contracts/settings.ts'
import { answeringCount, layoutOf, socketsIn } from './process-layout.ts'

function withSettings(environment: Readonly<Record<string, string>>): Settings {
  const read = parseSettings({ MEMORY_MB: '8192', ...environment })
  if (!read.ok) throw new Error(read.mistakes.join())
  return read.settings
}

test('by default one process for each core predicts, up to four, and pages are behind them', () => {
  expect(layoutOf(withSettings({}))).toEqual({
    front: { kind: 'predict', count: Math.min(availableParallelism(), 4) },
    behind: 1,
    hasWorker: true,
  })
})

test('where memory is small, one process predicts and shows pages, unless more are set', () => {
  const front = (settings: Record<string, string>) =>
    layoutOf(withSettings({ MEMORY_MB: '512', ...settings })).front

  expect(front({})).toEqual({ kind: 'web', count: 1 })
  expect(front({ PREDICT_PROCESSES: '2' })).toEqual({ kind: 'predict', count: 2 })
})

test('DOOR=off leaves all requests to web processes, which then predict', () => {
  const layout = layoutOf(withSettings({ DOOR: 'off', WEB_PROCESSES: '3' }))

  expect(layout).toEqual({ front: { kind: 'web', count: 3 }, behind: 0, hasWorker: true })
})

test.each([
  ['web', { front: { kind: 'predict', count: 2 }, behind: 2, hasWorker: false }, 4],
  ['worker', { front: { kind: 'predict', count: 0 }, behind: 0, hasWorker: true }, 1],
])('ROLE=%s has its processes only', (role, layout, answering) => {
  const settings = withSettings({ ROLE: role, PREDICT_PROCESSES: '2', WEB_PROCESSES: '2' })

  expect(layoutOf(settings)).toEqual(layout)
  expect(answeringCount(settings)).toBe(answering)
  expect(socketsIn('/run/x', layoutOf(settings))).toHaveLength(layout.behind)
})
