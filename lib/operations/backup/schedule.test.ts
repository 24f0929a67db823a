import { expect, test } from 'vitest'
import { backupConcern, everyMs, nextBackupAt } from './schedule.ts'

const HOUR_MS = 3_600_000
const at = (hour: number): Date => new Date(Date.UTC(2026, 10, 21, hour))

test.each([
  ['off', null],
  ['1h', HOUR_MS],
  ['24h', 24 * HOUR_MS],
  ['7d', 168 * HOUR_MS],
])('BACKUP_EVERY=%s', (text, ms) => expect(everyMs(text)).toBe(ms))

test('the next backup is due an interval after the newest, at once without one, and never when off', () => {
  expect(nextBackupAt({ everyMs: 6 * HOUR_MS, newest: at(2), failedAt: null, cancelledAt: null })).toEqual(
    at(8),
  )
  expect(nextBackupAt({ everyMs: 6 * HOUR_MS, newest: null, failedAt: null, cancelledAt: null })).toEqual(
    new Date(0),
  )
  expect(nextBackupAt({ everyMs: null, newest: at(2), failedAt: null, cancelledAt: null })).toBeNull()
})

test('a failed backup is tried again after an hour, not at every check', () => {
  expect(nextBackupAt({ everyMs: 6 * HOUR_MS, newest: at(2), failedAt: at(9), cancelledAt: null })).toEqual(
    at(10),
  )
  expect(nextBackupAt({ everyMs: 24 * HOUR_MS, newest: at(2), failedAt: at(3), cancelledAt: null })).toEqual(
    new Date(at(2).getTime() + 24 * HOUR_MS),
  )
})

test('a scheduled backup that was cancelled is not made again at once', () => {
  const times = { everyMs: 6 * HOUR_MS, newest: at(2), failedAt: null, cancelledAt: at(9) }

  expect(nextBackupAt(times)).toEqual(at(10))
  expect(backupConcern(times, at(10))).toBeNull()
})

test('health reports a failed or long overdue backup, and nothing where backups are off', () => {
  expect(
    backupConcern({ everyMs: HOUR_MS, newest: at(2), failedAt: at(3), cancelledAt: null }, at(4)),
  ).toContain('failed at 2026-11-21T03:00:00.000Z')
  expect(
    backupConcern({ everyMs: HOUR_MS, newest: at(2), failedAt: null, cancelledAt: null }, at(5)),
  ).toContain('The last backup was made at 2026-11-21T02:00:00.000Z')
  expect(
    backupConcern({ everyMs: HOUR_MS, newest: at(2), failedAt: null, cancelledAt: null }, at(4)),
  ).toBeNull()
  expect(backupConcern({ everyMs: null, newest: null, failedAt: null, cancelledAt: null }, at(4))).toBeNull()
})
