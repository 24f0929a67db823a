import { fork } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { lives, sweepLeftovers } from './partial-files.ts'

const DAY_MS = 24 * 60 * 60_000

function folderWith(...files: readonly string[]): string {
  const dataDir = mkdtempSync(path.join(tmpdir(), 'darkroom-leftovers-'))
  onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }))
  for (const file of files) {
    mkdirSync(path.dirname(path.join(dataDir, file)), { recursive: true })
    writeFileSync(path.join(dataDir, file), 'x')
  }
  return dataDir
}

/** One running process, and one that has ended. */
async function makers(): Promise<{ living: number; dead: number }> {
  const waiting = path.join(folderWith('waiting.mjs'), 'waiting.mjs')
  writeFileSync(waiting, 'process.on("disconnect", () => process.exit()); process.send("ready")')
  const [living, dead] = await Promise.all(
    [1, 2].map(async () => {
      const child = fork(waiting)
      onTestFinished(() => {
        child.kill('SIGKILL')
      })
      await once(child, 'message')
      return child
    }),
  )
  const ended = once(dead!, 'exit')
  dead!.kill('SIGKILL')
  await ended
  return { living: living!.pid!, dead: dead!.pid! }
}

test('partial files of dead processes are removed; complete files and those of live processes stay', async () => {
  const { living, dead } = await makers()
  const left = [
    `cache/packs/.making-${dead}`,
    `cache/embeddings/.making-${dead}`,
    `models/fruit/.making-v3-${dead}`,
    `trained/fruit/.making-v1-${dead}`,
    `bodies/.upload-${dead}-0a1b2c3d`,
    `bodies/.making-my-network-${dead}`,
    `scratch/batch-${dead}-aB3xYz`,
    `scratch/upload-${dead}-aB3xYz`,
  ]
  const made = [
    `cache/packs/.making-${living}`,
    `models/fruit/.making-v4-${living}`,
    `bodies/.upload-${living}-0a1b2c3d`,
    `scratch/batch-${living}-aB3xYz`,
  ]
  const whole = [
    'cache/packs/0a1b',
    'models/fruit/v2',
    'runs/7',
    'scratch/notes',
    'bodies/.upload',
    'bodies/my-network',
  ]
  const parts = [`downloads/a.zip.${dead}-0198-77.part`, `pictures/ab/abcd.${dead}-0198-77.part`]
  const dataDir = folderWith(
    ...[...left, ...made, ...whole].map((folder) => `${folder}/content.bin`),
    ...parts,
    'pictures/ab/abcd',
  )

  const removed = await sweepLeftovers({ dataDir, isAlone: true, now: Date.now(), withLargePlaces: true })

  expect(removed.toSorted()).toEqual([...left, ...parts].toSorted())
  expect(
    [...made, ...whole, 'pictures/ab/abcd'].filter((entry) => !existsSync(path.join(dataDir, entry))),
  ).toEqual([])
})

test('with makers in other containers, only what was not written to for a day is removed', async () => {
  const { dead } = await makers()
  const dataDir = folderWith(`cache/packs/.making-${dead}/squares.bin`, 'runs/7/checkpoint.bin.making')
  const sweep = (now: number) => sweepLeftovers({ dataDir, isAlone: false, now })

  expect(await sweep(Date.now() + DAY_MS / 2)).toEqual([])
  expect(await sweep(Date.now() + 2 * DAY_MS)).toEqual([
    `cache/packs/.making-${dead}`,
    'runs/7/checkpoint.bin.making',
  ])
})

test.runIf(existsSync('/proc/self/stat'))(
  'a process that started after the last write did not make the file, though it has its id',
  async () => {
    const { living } = await makers()
    const dataDir = folderWith(`scratch/batch-${living}-aB3xYz/pictures.zip`)
    const longAgo = new Date(Date.now() - DAY_MS)
    for (const entry of [`scratch/batch-${living}-aB3xYz/pictures.zip`, `scratch/batch-${living}-aB3xYz`])
      utimesSync(path.join(dataDir, entry), longAgo, longAgo)

    expect(lives(living, Date.now())).toBe(true)
    expect(await sweepLeftovers({ dataDir, isAlone: true, now: Date.now() })).toEqual([
      `scratch/batch-${living}-aB3xYz`,
    ])
  },
)

test('a folder without any partial files is accepted', async () => {
  expect(
    await sweepLeftovers({ dataDir: folderWith(), isAlone: true, now: 0, withLargePlaces: true }),
  ).toEqual([])
})

test('what this process is making stays; what an earlier one with the same id left is removed', async () => {
  const beforeThisProcess = new Date(performance.timeOrigin - 1_000)
  const made = `bodies/.making-my-network-${process.pid}`
  const left = `bodies/.making-another-network-${process.pid}`
  const dataDir = folderWith(`${made}/content.bin`, `${left}/content.bin`)
  for (const entry of [`${left}/content.bin`, left])
    utimesSync(path.join(dataDir, entry), beforeThisProcess, beforeThisProcess)

  const removed = await sweepLeftovers({ dataDir, isAlone: true, now: Date.now() })

  expect(removed).toEqual([left])
})
