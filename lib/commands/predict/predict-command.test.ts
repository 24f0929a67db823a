import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import type { PredictionAnswer } from '#lib/contracts/predict.ts'
import { drawShape } from '#lib/domain/drawn-shapes.ts'
import { DarkroomError } from '#lib/domain/errors.ts'
import { encodePng } from '#lib/images/write-png.ts'
import { imageFiles } from './image-files.ts'
import { lineOf } from './results.ts'

const COMMAND = fileURLToPath(new URL('../predict.ts', import.meta.url))

function emptyFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'darkroom-predict-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

const ANSWER: PredictionAnswer = {
  success: true,
  id: null,
  saved: false,
  unsaved_reason: null,
  classifier: 'fruit',
  model_version: 'v2',
  engine: 'onnx',
  predicted_class: 'lime',
  predicted_index: 1,
  confidence: 0.75,
  probabilities: { apple: 0.25, lime: 0.75 },
  top_k: [
    { class: 'lime', index: 1, probability: 0.75 },
    { class: 'apple', index: 0, probability: 0.25 },
  ],
  decision: 'uncertain',
  candidates: ['lime', 'apple'],
  familiarity: null,
  image_problem: null,
  filename: 'a.png',
  width: 8,
  height: 6,
  timestamp: '2026-11-21T12:00:00.000Z',
  timing_ms: { decode: 1, queue: 0, inference: 1, total: 2 },
  cached: false,
}
const ERROR = new DarkroomError('not_an_image', {
  what: 'It is no image',
  why: 'it is text',
  remedy: 'Send an image.',
})

test('of a folder all files below it are taken in order, without hidden ones and those of the system', async () => {
  const folder = emptyFolder()
  mkdirSync(path.join(folder, 'b', '.hidden'), { recursive: true })
  for (const name of ['c.png', 'b/2.png', 'b/1.png', 'b/.DS_Store', 'b/.hidden/x.png'])
    writeFileSync(path.join(folder, name), '')

  const files = await imageFiles([path.join(folder, 'c.png'), folder])

  expect(files.map((file) => path.relative(folder, file))).toEqual(['c.png', 'b/1.png', 'b/2.png', 'c.png'])
  await expect(imageFiles([path.join(folder, 'none')])).rejects.toMatchObject({ code: 'not_found' })
  await expect(imageFiles([path.join(folder, 'b', '.hidden')])).resolves.toHaveLength(1)
})

test('a folder is predicted into a CSV file, with a row for the file that is no image, and the command ends', () => {
  const folder = emptyFolder()
  const images = path.join(folder, 'images')
  const out = path.join(images, 'results.csv')
  mkdirSync(images)
  for (let i = 0; i < 40; i++)
    writeFileSync(path.join(images, `${10 + i}.png`), encodePng(drawShape('star', 9_000 + i)))
  writeFileSync(path.join(images, 'notes.txt'), 'no image')
  const command = (...args: string[]) =>
    spawnSync(process.execPath, ['--disable-warning=ExperimentalWarning', COMMAND, ...args], {
      env: { ...process.env, DATA_DIR: path.join(folder, 'data'), DEFAULT_CLASSIFIER: 'shapes' },
      encoding: 'utf8',
      timeout: 50_000,
    })

  const first = command(images, '--format', 'csv', '--out', out)
  const again = command(images, '--format', 'json', '--out', out)

  expect([first.status, again.status]).toEqual([1, 1])
  expect(first.stderr).toMatch(/notes\.txt: The file is not an image.*\n41 images, 1 failed\n$/s)
  const lines = readFileSync(out, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as object)
  expect(lines).toHaveLength(41)
  expect(lines[0]).toMatchObject({ filename: path.join(images, '10.png'), predicted_class: 'star' })
  expect(lines[40]).toMatchObject({ filename: path.join(images, 'notes.txt'), code: 'not_an_image' })
}, 120_000)

test('an unknown format, and a file that cannot be written, are refused before anything is computed', () => {
  const command = (...args: string[]) =>
    spawnSync(process.execPath, ['--disable-warning=ExperimentalWarning', COMMAND, ...args], {
      encoding: 'utf8',
    })
  const image = fileURLToPath(new URL('../../../docs/images/triangle.png', import.meta.url))

  expect(command(image, '--format', 'xml')).toMatchObject({
    status: 1,
    stderr: '--format xml is not valid: the values are text, csv, json. Choose one of them.\n',
  })
  expect(command(image, '--out', '/no/such/folder/x.csv')).toMatchObject({
    status: 1,
    stderr: expect.stringMatching(
      /^The results cannot be written to .*: ENOENT.* in a folder that exists\.\n$/,
    ),
  })
})

test('a line of CSV has the prediction or the error, and no formula', () => {
  expect(lineOf('csv', '=a.png', ANSWER)).toBe(
    `'=a.png,fruit,v2,lime,0.75,uncertain,"[""lime"",""apple""]","{""lime"":0.75,""apple"":0.25}",8,6,\r\n`,
  )
  expect(lineOf('csv', 'b.txt', ERROR)).toBe('b.txt,,,,,,,,,,It is no image: it is text. Send an image.\r\n')
})

test('a line of JSON has the prediction or the error with its code', () => {
  expect(JSON.parse(lineOf('json', 'x/a.png', ANSWER))).toMatchObject({
    filename: 'x/a.png',
    predicted_class: 'lime',
  })
  expect(JSON.parse(lineOf('json', 'b.txt', ERROR))).toMatchObject({ success: false, code: 'not_an_image' })
})

test('a line of text says how sure the prediction is', () => {
  expect(lineOf('text', 'a.png', ANSWER)).toBe(
    'a.png: lime 75.0 %, uncertain: one of lime, apple (then apple 25.0 %) · fruit v2, onnx\n',
  )
})
