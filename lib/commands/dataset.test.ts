import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { drawShape } from '#lib/domain/drawn-shapes.ts'
import { encodePng } from '#lib/images/write-png.ts'
import { serveFiles } from '#lib/ingest/readers/official.fakes.ts'

const ROOT = resolve(import.meta.dirname, '../..')
let folder: string
beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), 'dataset-'))))
afterEach(() => rm(folder, { recursive: true }))

type CommandResult = { code: number; output: string }

function dataset(args: readonly string[], more: Record<string, string> = {}): Promise<CommandResult> {
  return new Promise((ended) => {
    const env = {
      PATH: process.env['PATH'],
      DATA_DIR: join(folder, 'data'),
      ...more,
    } as unknown as NodeJS.ProcessEnv
    const child = execFile(
      process.execPath,
      [join(ROOT, 'lib/commands/dataset.ts'), ...args],
      { cwd: ROOT, env },
      (_error, out, wrong) => ended({ code: child.exitCode ?? -1, output: out + wrong }),
    )
  })
}

async function classFolders(): Promise<string> {
  for (const [name, shape] of [
    ['rings', 'ring'],
    ['stars', 'star'],
  ] as const) {
    await mkdir(join(folder, 'images', name), { recursive: true })
    for (const seed of [1, 2, 3])
      await writeFile(join(folder, 'images', name, `${seed}.png`), encodePng(drawShape(shape, seed)))
  }
  await writeFile(join(folder, 'images', 'stars', 'page.png'), '<html></html>')
  return join(folder, 'images')
}

test('a folder of class folders becomes samples of a classifier, once', async () => {
  const from = await classFolders()
  const first = await dataset(['my-shapes', '--from', from, '--title', 'My shapes'])
  const second = await dataset(['my-shapes', '--from', from])

  expect(first).toEqual({
    code: 0,
    output: expect.stringMatching(
      /Uploaded 6 images successfully; 1 of 7 files[^]*rings: 3[^]*stars: 3[^]*page\.png: .*it is an HTML page/,
    ),
  })
  expect(second).toEqual({ code: 0, output: expect.stringContaining('No new images among 7 files') })
})

test('help fits on one page, and each error is one sentence', async () => {
  await using server = await serveFiles({})

  expect(await dataset(['--help'])).toEqual({
    code: 0,
    output: expect.stringContaining('npm run dataset -- <name>'),
  })
  expect(await dataset(['My Cats'])).toEqual({
    code: 1,
    output: expect.stringMatching(/^"My Cats" is not a valid classifier name.*\n$/),
  })
  expect(await dataset(['cats'])).toEqual({
    code: 1,
    output: expect.stringMatching(/^The data set "cats" is not known.*--from\.\n$/),
  })
  expect(await dataset(['mnist'], { DATASET_MIRROR: server.url })).toEqual({
    code: 1,
    output: expect.stringMatching(
      /^train-images-idx3-ubyte\.gz cannot be downloaded: 127\.0\.0\.1:\d+: the server returned 404.*\n$/,
    ),
  })
  expect(await readdir(join(folder, 'data', 'downloads'))).toEqual([])
})
