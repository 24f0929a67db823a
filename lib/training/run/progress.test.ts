import { expect, test } from 'vitest'
import type { FromTraining } from '#lib/contracts/ipc.ts'
import { startStage } from './progress.ts'

/** A stage of images, and its reports; the test advances the clock. */
function stageOf(total: number | null, done = 0) {
  let seconds = 0
  const reports: FromTraining[] = []
  const stage = startStage(
    'images',
    { total, done },
    { clock: () => seconds, report: (message) => reports.push(message) },
  )
  const after = (span: number, count: number) => {
    seconds += span
    stage.advance(count)
    return reports.at(-1)
  }
  return { stage, after, reports }
}

test('a stage reports its start, then its progress and remaining time, at most twice a second', () => {
  const { after, reports } = stageOf(100)

  expect(reports).toEqual([{ kind: 'stage', stage: 'images', done: 0, total: 100, etaSeconds: null }])
  expect(after(1, 10)).toMatchObject({ done: 10, etaSeconds: 9 })
  after(0.2, 10)
  expect(reports).toHaveLength(2)
  expect(after(0.3, 10)).toMatchObject({ done: 30, total: 100, etaSeconds: (1.5 / 30) * 70 })
})

test('a resumed stage continues counting, and estimates from its own work only', () => {
  const { after } = stageOf(100, 60)

  expect(after(10, 20)).toMatchObject({ done: 80, etaSeconds: 10 })
})

test('a stage of unknown size counts, and reports its size at the end', () => {
  const { stage, after, reports } = stageOf(null)

  expect(after(1, 7)).toMatchObject({ done: 7, total: null, etaSeconds: null })
  stage.finish()
  expect(reports.at(-1)).toMatchObject({ done: 7, total: 7 })
})

test('an end that was reported already is not reported again', () => {
  const { stage, after, reports } = stageOf(5)

  after(1, 5)
  stage.finish()

  expect(reports.filter((report) => report.kind === 'stage' && report.done === 5)).toHaveLength(1)
})
