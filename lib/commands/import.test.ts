import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { readBundle } from '#lib/ml/formats/bundle.ts'

const COMMAND = fileURLToPath(new URL('import.ts', import.meta.url))
const FILE = fileURLToPath(new URL('../ml/formats/fixtures/keras-sequential.h5', import.meta.url))

function place() {
  const folder = mkdtempSync(join(tmpdir(), 'darkroom-import-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

function command(dataDir: string, ...args: string[]): Promise<{ code: number | null; output: string }> {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', COMMAND, ...args], {
    env: { ...process.env, DATA_DIR: dataDir },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  onTestFinished(() => {
    child.kill('SIGKILL')
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString()
    })
  return new Promise((resolve) => {
    child.on('exit', (code) => resolve({ code, output }))
  })
}

test('a Keras file becomes a classifier that predicts, and a second one waits for promotion', async () => {
  const dataDir = place()

  const first = await command(dataDir, 'trees', '--from', FILE, '--classes', 'ash,birch,cedar')
  const second = await command(dataDir, 'trees', '--from', FILE)

  expect(first).toMatchObject({ code: 0, output: 'trees v1 was imported and is live.\n' })
  expect(second.output).toMatch(/trees v2 was imported\. Another version is live/)
  expect((await readBundle(join(dataDir, 'models/trees/v1'))).classes).toEqual(['ash', 'birch', 'cedar'])
}, 60_000)

test('a version trained on the command line is imported with its card, under the next free number', async () => {
  const dataDir = place()
  const sealed = fileURLToPath(new URL('../../models/leaf-disease/v1', import.meta.url))

  const first = await command(dataDir, 'garden', '--from', sealed)
  const second = await command(dataDir, 'garden', '--from', sealed)
  await command(dataDir, 'trees', '--from', FILE, '--classes', 'ash,birch,cedar')
  const other = await command(dataDir, 'trees', '--from', sealed)

  expect(first).toMatchObject({ code: 0, output: 'garden v1 was imported and is live.\n' })
  expect(second.output).toMatch(/garden v2 was imported\. Another version is live/)
  expect(other).toMatchObject({
    code: 1,
    output: expect.stringMatching(/the bundle does not have the class "ash"/) as string,
  })
  const { card: imported } = await readBundle(join(dataDir, 'models/garden/v1'))
  expect(imported).toMatchObject({ classifier: 'garden', test: (await readBundle(sealed)).card.test })
}, 60_000)

test.each([
  [['trees', '--from', FILE], /it has 3 outputs, and its classes are unknown\. State them in the order/],
  [['trees', '--from', FILE, '--classes', 'ash,birch'], /it has 3 outputs, and you stated 2 classes/],
  [['trees', '--from', 'no-such.h5'], /no-such\.h5 does not exist/],
  [['trees', '--from', COMMAND, '--classes', 'a,b,c'], /the file is not an HDF5 file/],
  [['Trees!', '--from', FILE], /is not a valid name/],
])('%s is refused with one sentence', async (args, words) => {
  const { code, output } = await command(place(), ...args)

  expect(code).toBe(1)
  expect(output).toMatch(words)
  expect(output.trim().split('\n')).toHaveLength(1)
})
