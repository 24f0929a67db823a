import { expect, test } from 'vitest'
import { stateOf, watchDisks } from './disk.ts'
import { createTroubles } from './storage-problems.ts'

const MIB = 1024 ** 2
const GIB = 1024 ** 3
const calm = { lockedForMs: null, diskFullMsAgo: null, waiting: 0 }
const diskOf = (totalBytes: number, freeBytes: number) =>
  stateOf('DATA_DIR', { bsize: 1, blocks: totalBytes, bavail: freeBytes, files: 0, ffree: 0 })
const troublesOf = (state: Partial<typeof calm> | object, disk = diskOf(100 * GIB, 50 * GIB)) =>
  createTroubles({ writingState: () => ({ ...calm, ...state }), disks: () => [disk] })

test.each<[string, number, number, string]>([
  ['a large disk with a gigabyte and more', 2_000 * GIB, 1.1 * GIB, 'enough'],
  ['a large disk with less', 2_000 * GIB, 0.9 * GIB, 'nearly_full'],
  ['a small disk with a tenth', 2 * GIB, 0.2 * GIB, 'enough'],
  ['a small disk with a thirtieth', 2 * GIB, 70 * MIB, 'nearly_full'],
  ['a large disk with 150 MB', 2_000 * GIB, 150 * MIB, 'reserve'],
  ['a small disk with a hundredth', 2 * GIB, 20 * MIB, 'reserve'],
  ['too little space for a transaction', 2_000 * GIB, 3 * MIB, 'full'],
  ['a tiny disk with a fiftieth', 24 * MIB, 0.4 * MIB, 'full'],
  ['a file system without a size', 0, 0, 'enough'],
])('%s: %#', (_story, total, free, level) => {
  expect(diskOf(total, free).level).toBe(level)
})

test.each<[string, number, number, string]>([
  ['many free entries', 1_000_000, 400_000, 'enough'],
  ['fewer than a twentieth and than 10,000', 200_000, 9_000, 'nearly_full'],
  ['few of a large disk, but thousands', 100_000_000, 50_000, 'enough'],
  ['enough entries for a few images only', 1_000_000, 900, 'reserve'],
  ['no entry for a new file', 1_000_000, 0, 'full'],
  ['a file system that does not count them', 0, 0, 'enough'],
])('a disk with space has %s: %#', (_story, files, ffree, level) => {
  const disk = stateOf('DATA_DIR', { bsize: 1, blocks: 100 * GIB, bavail: 50 * GIB, files, ffree })

  expect(disk.level).toBe(level)
})

test('a disk that can hold no more files says so, though it has space', () => {
  const disk = stateOf('DATA_DIR', { bsize: 1, blocks: 100 * GIB, bavail: 50 * GIB, files: 6_400, ffree: 3 })
  const troubles = troublesOf({ diskFullMsAgo: 100 }, disk)

  expect(troubles.sentences()).toEqual([
    'The disk that holds DATA_DIR is full: it has space, but each file needs an inode, and only 3 of its ' +
      '6,400 are free. No new file can be stored; anonymous predictions are made without history.',
  ])
  expect(troubles.anonymousSaveHindrance()).toBe('the disk has no space left for anonymous predictions')
})

test('the disk of a folder is measured at once', async () => {
  const disks = watchDisks({ DATA_DIR: '/proc', 'the database': '/proc/self', 'DATA_DIR/scratch': '/' })

  await disks.measure()

  expect(disks.disks().map((disk) => disk.holds)).toEqual(['DATA_DIR', 'DATA_DIR/scratch'])
  expect(disks.disks()[1]!.totalBytes).toBeGreaterThan(0)
})

test('without a problem there is nothing to report, and anonymous predictions are stored', () => {
  const troubles = troublesOf({})

  expect([troubles.sentences(), troubles.anonymousSaveHindrance()]).toEqual([[], null])
})

test('a lock of our own, which lasts milliseconds, is no problem; another program’s is', () => {
  expect(troublesOf({ lockedForMs: 40 }).sentences()).toEqual([])

  const troubles = troublesOf({ lockedForMs: 3_000 })

  expect(troubles.sentences()).toEqual([
    'Another program has locked the database for 3.0 s. Pages and predictions without history work, ' +
      'but nothing can be stored until the lock is released.',
  ])
  expect(troubles.anonymousSaveHindrance()).toBe('another program has locked the database')
})

test('a nearly full disk is reported, and at its reserve anonymous predictions are not stored', () => {
  const nearly = troublesOf({}, diskOf(50 * GIB, 812 * MIB))
  const reserve = troublesOf({}, diskOf(50 * GIB, 120 * MIB))

  expect(nearly.sentences()).toEqual([
    'The disk that holds DATA_DIR is nearly full: 812 MB of 51,200 MB are free.',
  ])
  expect([nearly.anonymousSaveHindrance(), reserve.anonymousSaveHindrance()]).toEqual([
    null,
    'the disk has no space left for anonymous predictions',
  ])
})

test('a quota that statfs does not show is reported for some seconds after a failed write', () => {
  expect(troublesOf({ diskFullMsAgo: 2_000 }).sentences()).toEqual([expect.stringContaining('quota')])
  expect(troublesOf({ diskFullMsAgo: 2_000 }).anonymousSaveHindrance()).not.toBeNull()
  expect(troublesOf({ diskFullMsAgo: 20_000 }).sentences()).toEqual([])
})

test('health, which is public, shows no path of a disk that is nearly full', async () => {
  const state = stateOf('DATA_DIR', { bsize: 1, blocks: 50 * GIB, bavail: 120 * MIB, files: 0, ffree: 0 })
  const watched = watchDisks({ DATA_DIR: process.cwd() })
  await watched.measure()
  const troubles = createTroubles({
    writingState: () => calm,
    disks: () => watched.disks().map((disk) => ({ ...disk, level: state.level })),
  })

  expect(troubles.sentences()).toEqual([
    expect.stringMatching(/^The disk that holds DATA_DIR is nearly full/),
  ])
  expect(troubles.sentences().join(' ')).not.toContain(process.cwd())
})
