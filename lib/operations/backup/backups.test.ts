import { rmSync } from 'node:fs'
import { expect, onTestFinished, test } from 'vitest'
import { openWithFruit } from '#lib/data/opened.fakes.ts'
import { createBackups } from './backups.ts'
import { makeBackup } from './make.ts'

const HOUR_MS = 3_600_000

async function opened() {
  const { data, folder, settings, clock } = await openWithFruit()
  const places = { dataDir: folder, backupDir: `${folder}-backups`, databaseFile: settings.databaseFile }
  onTestFinished(() => rmSync(places.backupDir, { recursive: true, force: true }))
  const chosen = { BACKUP_EVERY: '6h', BACKUP_KEEP: 2 }
  const now = () => new Date(clock.now())
  const backups = createBackups({ data, places, settings: async () => chosen, now })
  const make = () =>
    makeBackup({
      ...places,
      folder: places.backupDir,
      reason: 'schedule',
      productVersion: '0.1.0',
      settings: {},
      now,
    })
  /** As the worker's loop does it. */
  const work = async (fails = false) => {
    const job = await data.jobs.claim('w', ['backup'], clock.now(), 30_000)
    if (!job) throw new Error('nothing was queued')
    if (fails)
      await data.jobs.fail(
        job.id,
        'w',
        { code: 'disk_full', message: 'No backup was made: the disk is full.' },
        null,
        clock.now(),
      )
    else await make().then(() => data.jobs.complete(job.id, 'w', null, clock.now()))
  }
  return { backups, chosen, clock, work }
}

test('a backup is queued when it is due, one at a time, and a missed one is made up for once', async () => {
  const { backups, clock, work } = await opened()
  expect(await backups.queueIfDue()).toBe(true) // there is no backup yet
  expect(await backups.queueIfDue()).toBe(false)
  await expect(backups.cases.createBackup()).rejects.toMatchObject({ code: 'already_running' })
  expect(await backups.cases.listBackups({})).toMatchObject({
    running: { state: 'queued', phase: null },
    backups: [],
  })

  await work()
  expect(await backups.cases.listBackups({})).toMatchObject({
    running: null,
    backups: [{ name: '2026-11-21T12-00-00Z', removed_after: 2, expires_at: '2026-11-22T00:00:00.000Z' }],
    next_at: '2026-11-21T18:00:00.000Z',
  })
  expect(await backups.queueIfDue()).toBe(false)

  expect(await backups.cases.listBackups({ image: '0'.repeat(64) })).toMatchObject({ backups: [] })

  clock.advance(50 * HOUR_MS)
  expect([await backups.queueIfDue(), await backups.queueIfDue()]).toEqual([true, false])
})

test('a failure is shown with its reason, degrades health, and ends with the next success', async () => {
  const { backups, clock, work } = await opened()
  await backups.cases.createBackup()
  await work(true)

  expect((await backups.cases.listBackups({})).last_failure).toEqual({
    at: '2026-11-21T12:00:00.000Z',
    message: 'No backup was made: the disk is full.',
  })
  expect(await backups.concern()).toContain('The last backup failed')
  expect(await backups.queueIfDue()).toBe(false)

  clock.advance(HOUR_MS)
  expect(await backups.queueIfDue()).toBe(true)
  await work()
  expect([(await backups.cases.listBackups({})).last_failure, await backups.concern()]).toEqual([null, null])
})

test('a backup that is cancelled leaves nothing, and a scheduled one is made an hour later', async () => {
  const { backups, clock, work } = await opened()
  await expect(backups.cases.cancelBackup()).rejects.toMatchObject({ code: 'conflict' })
  await backups.queueIfDue()
  expect((await backups.cases.listBackups({})).running).toMatchObject({ can_cancel: true })

  await backups.cases.cancelBackup()

  expect(await backups.cases.listBackups({})).toMatchObject({
    running: null,
    backups: [],
    last_failure: null,
  })
  await expect(work()).rejects.toThrow('nothing was queued')
  expect([await backups.queueIfDue(), await backups.concern()]).toEqual([false, null])
  clock.advance(HOUR_MS)
  expect(await backups.queueIfDue()).toBe(true)
})

test('with BACKUP_EVERY off, no backup is scheduled, and one is made on request', async () => {
  const { backups, chosen, work } = await opened()
  chosen.BACKUP_EVERY = 'off'

  expect([await backups.queueIfDue(), await backups.concern()]).toEqual([false, null])
  expect(await backups.cases.createBackup()).toMatchObject({ success: true })
  await work()
  expect(await backups.cases.listBackups({})).toMatchObject({
    every: 'off',
    next_at: null,
    backups: [{ reason: 'schedule' }],
  })
})
