import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { IN_USE_LOCK, lockAlone } from '#lib/data/database/file-lock.ts'
import {
  folderForTest,
  openWithFruit,
  storedImage,
  predictionOf,
  sampleOf,
  type DataFixture,
} from '#lib/data/opened.fakes.ts'
import { registerVersion } from '#lib/data/versions/sealed.fakes.ts'
import { fileTrouble } from './copy-files.ts'
import { backupsContaining } from './find.ts'
import { backupsIn } from './layout.ts'
import { BACKUP_LOCK, makeBackup } from './make.ts'
import { type BackupPlan } from './backup-draft.ts'
import { removeExpired } from './rotate.ts'
import { verifyBackup } from './verify.ts'

/** Above the size that a row holds, so that the image becomes a file. */
const LARGE_BYTES = 40_000
const DAY_MS = 86_400_000

type BackupFixture = DataFixture & {
  readonly plan: BackupPlan
  readonly small: string
  readonly large: string
}

async function withImages(): Promise<BackupFixture> {
  const opened = await openWithFruit()
  const large = storedImage('large', LARGE_BYTES)
  await opened.data.samples.add('fruit', [sampleOf('small'), sampleOf('large', { image: large })])
  await registerVersion(opened.data)
  await opened.data.predictions.record(predictionOf(opened.data))
  writeFileSync(path.join(opened.folder, 'session-secret'), 'a secret of sixteen letters')
  const folder = `${opened.folder}-backups`
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const plan = {
    dataDir: opened.folder,
    databaseFile: opened.settings.databaseFile,
    folder,
    reason: 'command' as const,
    productVersion: '0.1.0',
    settings: { PORT: '3000' },
    now: () => new Date(opened.clock.now()),
  }
  return { ...opened, plan, small: storedImage('small').hash, large: large.hash }
}

const fileOf = (folder: string, hash: string): string => path.join(folder, 'pictures', hash.slice(0, 2), hash)

const flip = (file: string, at: number): void => {
  const bytes = readFileSync(file)
  bytes[at]! ^= 1
  writeFileSync(file, bytes)
}

const allFiles = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true }).map((one) =>
    path.join(one.parentPath, one.name),
  )

test('a backup contains the user data, reports its size, and only its owner can read it', async () => {
  const { plan, large } = await withImages()

  const backup = await makeBackup(plan)

  expect(backup).toMatchObject({
    name: '2026-11-21T12-00-00Z',
    reason: 'command',
    remarks: [],
    settings: { PORT: '3000' },
  })
  expect(backup.rows).toMatchObject({ Classifier: 1, Sample: 2, Picture: 2, Version: 1, Prediction: 1 })
  expect(existsSync(fileOf(path.join(backup.folder, 'data'), large))).toBe(true)
  for (const file of ['darkroom.db', 'session-secret', 'models/fruit/v1/weights.bin'])
    expect(existsSync(path.join(backup.folder, 'data', file)), file).toBe(true)
  expect(existsSync(path.join(backup.folder, 'data', 'darkroom.db-wal'))).toBe(false)
  expect((await verifyBackup(backup.folder)).damages).toEqual([])
  for (const file of [plan.folder, ...allFiles(plan.folder)])
    expect(statSync(file).mode & 0o077, file).toBe(0)
})

test('a flipped byte is detected and named, in whichever file it is', async () => {
  const { plan } = await withImages()
  const backup = await makeBackup(plan)
  const files = allFiles(backup.folder).filter((file) => statSync(file).isFile())
  expect(files.length).toBeGreaterThan(10)

  for (const file of files) {
    flip(file, Math.floor(statSync(file).size / 2))
    const reported = await verifyBackup(backup.folder).then(
      ({ damages }) => damages.join(' '),
      (error: Error) => error.message,
    )
    flip(file, Math.floor(statSync(file).size / 2))

    expect(reported).toContain(path.relative(backup.folder, file))
  }
  expect((await verifyBackup(backup.folder)).damages).toEqual([])
})

test('a file that is missing is named', async () => {
  const { plan, large } = await withImages()
  const { folder } = await makeBackup(plan)

  rmSync(fileOf(path.join(folder, 'data'), large))

  expect((await verifyBackup(folder)).damages).toEqual([
    `data/pictures/${large.slice(0, 2)}/${large} is missing.`,
  ])
})

test('the next backup shares unchanged files and repairs what was damaged in the previous one', async () => {
  const { plan, clock, large } = await withImages()
  const first = await makeBackup(plan)
  clock.advance(DAY_MS)
  const second = await makeBackup(plan)
  expect(statSync(fileOf(path.join(second.folder, 'data'), large)).ino).toBe(
    statSync(fileOf(path.join(first.folder, 'data'), large)).ino,
  )
  expect(second.linked_files).toBe(second.files - 1) // the database alone is copied

  flip(fileOf(path.join(second.folder, 'data'), large), 7)
  clock.advance(DAY_MS)
  const third = await makeBackup(plan)

  expect((await verifyBackup(third.folder)).damages).toEqual([])
  expect((await verifyBackup(second.folder)).damages).toHaveLength(1)
})

test('every row has its file, though images are added and deleted during the backup', async () => {
  const { plan, data } = await withImages()
  let isOver = false
  const busy = (async () => {
    for (let i = 0; !isOver; i += 1) {
      const upload = await data.uploads.begin('fruit')
      await data.samples.add(
        'fruit',
        [0, 1, 2].map((n) =>
          sampleOf(`${i}-${n}`, { uploadId: upload.id, image: storedImage(`${i}-${n}`, LARGE_BYTES) }),
        ),
      )
      await data.uploads.change(upload.id, { state: 'done' })
      if (i % 2 !== 0) await data.uploads.discard(upload.id)
      await turn()
    }
  })()

  const backup = await makeBackup(plan)
  isOver = true
  await busy

  const { sums, damages } = await verifyBackup(backup.folder)
  expect([damages, backup.remarks]).toEqual([[], []])
  const files = [...sums.keys()].filter((file) => file.startsWith('data/pictures/'))
  expect(files).toHaveLength(backup.rows['Picture']! - 1) // all but the small image, and none without a row
})

test('a file that was already missing in DATA_DIR becomes a remark, and the backup succeeds', async () => {
  const { plan, folder, large } = await withImages()
  rmSync(fileOf(folder, large))

  expect((await makeBackup(plan)).remarks).toEqual([
    `A file is missing in DATA_DIR and therefore in this backup: pictures/${large.slice(0, 2)}/${large}.`,
  ])
})

test('a killed backup leaves nothing that looks complete, and the next one removes the remains', async () => {
  const { plan } = await withImages()
  const stop = new AbortController()
  const killed = makeBackup({
    ...plan,
    signal: stop.signal,
    onProgress: ({ phase }) => {
      if (phase === 'verifying') stop.abort(new Error('killed'))
    },
  })
  await expect(killed).rejects.toThrow('killed')
  writeFileSync(path.join(plan.folder, '.unfinished-x'), '') // the state after a KILL

  expect(await backupsIn(plan.folder)).toEqual([])
  await makeBackup(plan)
  expect(readdirSync(plan.folder)).toEqual(['2026-11-21T12-00-00Z'])
})

test('a backup is refused during another backup, during a restore, and inside DATA_DIR', async () => {
  const { plan, folder } = await withImages()
  await expect(makeBackup({ ...plan, folder: path.join(folder, 'backups') })).rejects.toMatchObject({
    code: 'invalid_input',
  })

  const lock = lockAlone(path.join(folder, BACKUP_LOCK))
  await expect(makeBackup(plan)).rejects.toMatchObject({ code: 'already_running' })
  lock?.release()

  const elsewhere = folderForTest()
  const restoring = lockAlone(path.join(elsewhere, IN_USE_LOCK))
  await expect(makeBackup({ ...plan, dataDir: elsewhere })).rejects.toMatchObject({ code: 'conflict' })
  restoring?.release()
  expect(await makeBackup(plan)).toMatchObject({ remarks: [] })
})

test('the newest backups are kept, those of another DATA_DIR too, and the expiry of an image is known', async () => {
  const { plan, clock, small, large } = await withImages()
  await makeBackup({ ...plan, now: () => new Date(clock.now() - DAY_MS) })
  const other = await makeBackup({ ...plan, folder: `${plan.folder}/elsewhere` })
  for (let day = 0; day < 3; day += 1) {
    await makeBackup(plan)
    clock.advance(DAY_MS)
  }

  expect(await removeExpired({ backupDir: plan.folder, dataDir: plan.dataDir }, 3)).toEqual([
    '2026-11-20T12-00-00Z',
  ])
  expect((await backupsIn(plan.folder)).map(({ name }) => name)).toEqual([
    '2026-11-23T12-00-00Z',
    '2026-11-22T12-00-00Z',
    '2026-11-21T12-00-00Z',
  ])
  expect(
    await removeExpired({ backupDir: path.dirname(other.folder), dataDir: '/somewhere/else' }, 0),
  ).toEqual([])

  const required = { images: [small, large, 'f'.repeat(64)], versions: ['fruit/v1', 'fruit/v9'] }
  const containing = await backupsContaining(required, {
    backupDir: plan.folder,
    dataDir: plan.dataDir,
    keep: 3,
    everyMs: DAY_MS,
  })
  expect(containing.map(({ name, expiresAt }) => [name, expiresAt?.toISOString()])).toEqual([
    ['2026-11-23T12-00-00Z', '2026-11-26T12:00:00.000Z'],
    ['2026-11-22T12-00-00Z', '2026-11-25T12:00:00.000Z'],
    ['2026-11-21T12-00-00Z', '2026-11-24T12:00:00.000Z'],
  ])
  expect(containing[0]).toMatchObject({
    images: [small, large],
    versions: ['fruit/v1'],
    expiresAfterBackups: 3,
  })
  expect(
    await backupsContaining(
      { images: ['0'.repeat(64)] },
      { backupDir: plan.folder, dataDir: plan.dataDir, keep: 3, everyMs: null },
    ),
  ).toEqual([])
})

test.each([
  ['a file', { code: 'ENOSPC' }],
  ['the copy of the database', { code: 'ERR_SQLITE_ERROR', errcode: 13 }],
])('a disk that becomes full while %s is written is named, with a remedy', (_what, codes) => {
  const error = Object.assign(new Error('database or disk is full'), codes)

  expect(fileTrouble(error, { what: 'No backup was made', place: '/backups' })).toMatchObject({
    code: 'disk_full',
    why: 'the disk that holds /backups is full',
    remedy: expect.stringContaining('Free up space'),
  })
})
