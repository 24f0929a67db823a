import { expect, test } from 'vitest'
import { endedRuns, titleWith, type NoticeList } from './notice-text.ts'

const running = { run_id: 'r', classifier: 'fruit', title: 'Fruit', progress: 41.8 }
const notice = (id: string, kind: NoticeList['notices'][number]['kind']) => ({
  id,
  kind,
  classifier: 'fruit',
  text: '',
  path: '/',
  at: '2026-11-21T12:00:00.000Z',
  is_read: false,
})
const listOf = (...notices: NoticeList['notices']): NoticeList => ({ notices, unread: 0, running: null })

test('the title of the tab has one progress, which goes when the run ends', () => {
  const once = titleWith('Train · Fruit · Darkroom', running)
  expect(once).toBe('41 % · Train · Fruit · Darkroom')
  expect(titleWith(once, { ...running, progress: 99.5 })).toBe('99 % · Train · Fruit · Darkroom')
  expect(titleWith(once, null)).toBe('Train · Fruit · Darkroom')
})

test('only runs that end while the page is open are announced', () => {
  const old = notice('old', 'run_done')
  expect(endedRuns(null, listOf(old))).toEqual([])
  expect(
    endedRuns(listOf(old), listOf(notice('new', 'run_failed'), notice('c', 'corrections'), old)),
  ).toEqual([notice('new', 'run_failed')])
})
