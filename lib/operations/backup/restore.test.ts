import { createHash } from 'node:crypto'
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { IN_USE_LOCK } from '#lib/data/database/file-lock.ts'
import {
  folderForTest,
  openWithFruit,
  storedImage,
  sampleOf,
  type DataFixture,
} from '#lib/data/opened.fakes.ts'
import { openData } from '#lib/queries/open-data.ts'
import { makeBackup } from './make.ts'
import { restoreBackup, type RestorePlan } from './restore.ts'
import { finishRestore, lastRestore } from './settle-restore.ts'

const LARGE_BYTES = 40_000
const NOW = new Date(Date.UTC(2026, 10, 22, 9))

type RestoreFixture = DataFixture & {
  readonly backup: string
  readonly home: string
  readonly to: RestorePlan
}

/** A backup with two samples, and another folder to restore it to. */
async function withBackup(): Promise<RestoreFixture> {
  const opened = await openWithFruit()
  await opened.data.samples.add('fruit', [
    sampleOf('small'),
    sampleOf('large', { image: storedImage('large', LARGE_BYTES) }),
  ])
  writeFileSync(path.join(opened.folder, 'session-secret'), 'the secret of the backup')
  const home = folderForTest()
  const { folder: backup } = await makeBackup({
    dataDir: opened.folder,
    databaseFile: opened.settings.databaseFile,
    folder: path.join(home, 'backups'),
    reason: 'command',
    productVersion: '0.1.0',
    settings: {},
    now: () => NOW,
  })
  const dataDir = path.join(home, 'data')
  mkdirSync(dataDir)
  return {
    ...opened,
    backup,
    home,
    to: {
      from: backup,
      dataDir,
      databaseFile: path.join(dataDir, 'darkroom.db'),
      now: () => NOW,
      isDryRun: false,
    },
  }
}

async function opened({ dataDir, databaseFile }: RestorePlan, settings: DataFixture['settings']) {
  const data = await openData({ ...settings, dataDir, databaseFile })
  onTestFinished(() => data.close().catch(() => {})) // it may be closed already
  return data
}

test('a backup restored to an empty folder has every row and every file, readable by its owner only', async () => {
  const { to, settings } = await withBackup()

  expect(await restoreBackup(to)).toMatchObject({ aside: null })

  const data = await opened(to, settings)
  expect(await data.samples.all('fruit')).toHaveLength(2)
  expect(await data.images.bytesOf(storedImage('large', LARGE_BYTES).hash)).toHaveLength(LARGE_BYTES)
  expect(readFileSync(path.join(to.dataDir, 'session-secret'), 'utf8')).toBe('the secret of the backup')
  const restored = readdirSync(to.dataDir, { recursive: true, encoding: 'utf8' }).filter(
    (file) => !file.includes('.lock'),
  ) // nothing is locked
  for (const file of restored) expect(statSync(path.join(to.dataDir, file)).mode & 0o077, file).toBe(0)
})

test('existing data is moved aside, complete, and reported until it is removed', async () => {
  const { to, settings } = await withBackup()
  const before = await opened(to, settings)
  await before.classifiers.create({
    id: 'cats',
    title: 'Cats',
    classes: ['cat', 'dog'],
    input: { size: 32, channels: 3, fit: 'cover' },
    isMirrorable: true,
  })
  await before.close()
  mkdirSync(path.join(to.dataDir, 'logs'))

  const { aside } = await restoreBackup(to)

  expect(aside).toBe(`${to.dataDir}.before-restore-2026-11-22T09-00-00Z`)
  expect(existsSync(path.join(to.dataDir, 'logs'))).toBe(true)
  expect((await (await opened(to, settings)).classifiers.list()).map(({ id }) => id)).toEqual(['fruit'])
  expect(
    (
      await (
        await opened({ ...to, dataDir: aside!, databaseFile: path.join(aside!, 'darkroom.db') }, settings)
      ).classifiers.list()
    ).map(({ id }) => id),
  ).toEqual(['cats'])
  expect(lastRestore(to.dataDir)).toMatchObject({ aside, backup: '2026-11-22T09-00-00Z' })
  rmSync(aside!, { recursive: true })
  expect(lastRestore(to.dataDir)).toBeNull()
})

test('a restore into data in use, from a damaged backup, or as a dry run changes nothing', async () => {
  const { to, backup, settings } = await withBackup()
  const data = await opened(to, settings)
  const there = readdirSync(to.dataDir)
  await expect(restoreBackup(to)).rejects.toThrow(
    `Nothing was restored: Darkroom, or one of its commands, is using ${to.dataDir}.`,
  )
  await data.close()

  const secret = path.join(backup, 'data', 'session-secret')
  writeFileSync(secret, 'the secret of the backuq')
  await expect(restoreBackup(to)).rejects.toThrow('data/session-secret has changed')
  writeFileSync(secret, 'the secret of the backup')

  await expect(restoreBackup({ ...to, isDryRun: true })).resolves.toMatchObject({
    backup: { name: '2026-11-22T09-00-00Z' },
  })
  expect(readdirSync(to.dataDir).filter((name) => !name.includes('.db-'))).toEqual(
    there.filter((name) => !name.includes('.db-')),
  )
})

test('a restore that was killed between its renames is completed by the next start', async () => {
  const { to, settings } = await withBackup()
  await restoreBackup(to)
  // The state after a KILL between the renames.
  const staged = path.join(to.dataDir, '.restoring')
  mkdirSync(staged)
  renameSync(path.join(to.dataDir, 'darkroom.db'), path.join(staged, 'darkroom.db'))
  const moves = ['session-secret', 'darkroom.db'].map((name) => ({
    from: path.join(staged, name),
    to: path.join(to.dataDir, name),
  }))
  writeFileSync(path.join(to.dataDir, '.restoring.json'), JSON.stringify({ moves }))

  finishRestore(to.dataDir)

  expect(readdirSync(to.dataDir).filter((name) => name.startsWith('.restoring'))).toEqual([])
  expect(await (await opened(to, settings)).samples.all('fruit')).toHaveLength(2)
})

test.each([0, 1, 2, 3, 4, 5, 6])(
  'killed after %i of six renames, it is completed, and the previous data is aside',
  (done) => {
    const dataDir = folderForTest()
    const [staged, aside] = [path.join(dataDir, '.restoring'), path.join(dataDir, '.before-restore-x')]
    for (const [folder, text] of [
      [dataDir, 'before'],
      [staged, 'restored'],
    ] as const) {
      mkdirSync(path.join(folder, 'models', 'fruit'), { recursive: true })
      for (const file of ['darkroom.db', 'session-secret', path.join('models', 'fruit', 'card.json')])
        writeFileSync(path.join(folder, file), text)
    }
    const names = ['darkroom.db', 'models', 'session-secret']
    const moves = [
      [dataDir, aside],
      [staged, dataDir],
    ].flatMap(([from, to]) =>
      names.map((name) => ({ from: path.join(from!, name), to: path.join(to!, name) })),
    )
    mkdirSync(aside)
    for (const { from, to } of moves.slice(0, done)) renameSync(from, to)
    writeFileSync(path.join(dataDir, '.restoring.json'), JSON.stringify({ moves }))

    finishRestore(dataDir)

    for (const file of ['darkroom.db', 'session-secret', path.join('models', 'fruit', 'card.json')]) {
      expect(readFileSync(path.join(dataDir, file), 'utf8'), file).toBe('restored')
      expect(readFileSync(path.join(aside, file), 'utf8'), file).toBe('before')
    }
  },
)

test('a rename that fails reverts all of them', async () => {
  const { to } = await withBackup()
  writeFileSync(path.join(to.dataDir, 'mine'), 'before')
  mkdirSync(path.join(to.dataDir, 'full', 'not empty'), { recursive: true })
  mkdirSync(path.join(to.dataDir, '.restoring', 'full'), { recursive: true })
  const moves = [
    { from: path.join(to.dataDir, 'mine'), to: path.join(to.dataDir, 'aside', 'mine') },
    { from: path.join(to.dataDir, '.restoring', 'full'), to: path.join(to.dataDir, 'full') },
  ]
  writeFileSync(path.join(to.dataDir, '.restoring.json'), JSON.stringify({ moves }))

  expect(() => finishRestore(to.dataDir)).toThrow()

  expect(readFileSync(path.join(to.dataDir, 'mine'), 'utf8')).toBe('before')
  expect(existsSync(path.join(to.dataDir, '.restoring.json'))).toBe(false)
})

test('a backup whose list names a file outside of it is refused', async () => {
  const { to, backup } = await withBackup()
  const text =
    `${readFileSync(path.join(backup, 'SHA256SUMS'), 'utf8')}${createHash('sha256').update('x').digest('hex')}  ` +
    'data/../../../evil\n'
  writeFileSync(path.join(backup, 'SHA256SUMS'), text)
  writeFileSync(
    path.join(backup, 'SHA256SUMS.sha256'),
    `${createHash('sha256').update(text).digest('hex')}  SHA256SUMS\n`,
  )
  writeFileSync(path.join(backup, '..', '..', 'evil'), 'x')

  await expect(restoreBackup(to)).rejects.toMatchObject({ code: 'file_damaged' })
})

test('a database outside DATA_DIR is restored to its own path', async () => {
  const { to, home, settings } = await withBackup()
  const elsewhere = { ...to, databaseFile: path.join(home, 'rows', 'mine.db') }
  const data = await opened(elsewhere, settings)
  await data.close()

  await restoreBackup(elsewhere)

  expect(existsSync(path.join(to.dataDir, 'darkroom.db'))).toBe(false)
  expect(await (await opened(elsewhere, settings)).samples.all('fruit')).toHaveLength(2)
  expect(readdirSync(path.join(home, 'rows'))).toContain('mine.db.before-restore-2026-11-22T09-00-00Z')
  expect(existsSync(path.join(to.dataDir, IN_USE_LOCK))).toBe(true)
})
