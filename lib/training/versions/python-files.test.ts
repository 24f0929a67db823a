import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { readZip } from '#lib/archive/read-zip.ts'
import { folderForTest, openForTest } from '#lib/data/opened.fakes.ts'
import { drawShape, SHAPES } from '#lib/domain/drawn-shapes.ts'
import { encodePng } from '#lib/images/write-png.ts'
import { readCard } from '#lib/ml/formats/bundle.ts'
import { bundleZip } from './bundle-zip.ts'
import { servingZip } from './serving-files.ts'

const ROOT = fileURLToPath(new URL('../../../', import.meta.url))
const PYTHON = process.env['DARKROOM_PYTHON'] ?? 'python3'
const hasPython = spawnSync(PYTHON, ['-c', 'import numpy, onnxruntime, PIL']).status === 0
const IMAGES = 50
const TOLERANCE = 1e-3
type Prediction = {
  readonly probabilities: Readonly<Record<string, number>>
  readonly decision?: string | null
}

/** The package of a shipped version, unpacked. */
async function unpacked(classifier: string, format: 'python' | 'onnx-serving' = 'python'): Promise<string> {
  const { data } = await openForTest({ modelsDir: path.join(ROOT, 'models') })
  await data.syncShipped()
  const version = (await data.promotions.champion(classifier))!.version
  const { bytes } = format === 'python' ? await bundleZip(version, format) : await servingZip(version, format)
  const chunks: Uint8Array[] = []
  for await (const chunk of bytes instanceof Uint8Array ? [bytes] : bytes) chunks.push(chunk)
  const folder = folderForTest()
  for await (const entry of readZip(Buffer.concat(chunks), { entryBytes: 1e8, totalBytes: 1e8 }))
    if (entry.kind === 'file') writeFileSync(path.join(folder, entry.path), entry.bytes)
  return folder
}

/** A drawn shape at another size and shape, so that it has to be resized. */
function stretched(n: number): Uint8Array {
  const drawn = drawShape(SHAPES[n % SHAPES.length]!, 9_000 + n)
  const [width, height] = [32 + 7 * n, 32 + 11 * (n % 9)]
  const data = new Uint8Array(width * height * 3)
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const from =
        (Math.floor((y * drawn.height) / height) * drawn.width + Math.floor((x * drawn.width) / width)) * 3
      data.set(drawn.data.subarray(from, from + 3), (y * width + x) * 3)
    }
  return encodePng({ width, height, data })
}

test('the Python package of a version has its program, its requirements and its temperature', async () => {
  const folder = await unpacked('shapes')

  const { calibration } = await readCard(path.join(ROOT, 'models/shapes/v1'))
  expect(JSON.parse(readFileSync(path.join(folder, 'version.json'), 'utf8'))).toMatchObject({
    classifier: 'shapes',
    version: 'v1',
    temperature: calibration!.temperature,
  })
  for (const name of [
    'predict.py',
    'images.py',
    'requirements.txt',
    'model.onnx',
    'weights.bin',
    'classes.json',
  ])
    expect(readFileSync(path.join(folder, name)).length).toBeGreaterThan(10)
})

test('a version that reads digits is not available as a Python package, and the reason is given', async () => {
  await expect(unpacked('mnist')).rejects.toMatchObject({
    code: 'not_found',
    message: expect.stringContaining('reads digits'),
  })
})

test.skipIf(!hasPython)(
  'the predictions of both Python programs are those of Darkroom, on 50 images',
  async () => {
    const [folder, servingFolder] = [await unpacked('shapes'), await unpacked('shapes', 'onnx-serving')]
    const images = path.join(folder, 'images')
    mkdirSync(images)
    const files = Array.from({ length: IMAGES }, (_, n) => path.join(images, `${100 + n}.png`))
    for (const [n, file] of files.entries()) writeFileSync(file, stretched(n))

    const run = (program: string) => spawnSync(PYTHON, [program, ...files], { encoding: 'utf8' }).stdout
    const python = run(path.join(folder, 'predict.py'))
    const serving = run(path.join(servingFolder, 'classifier.py'))
    const darkroom = spawnSync(
      process.execPath,
      [
        '--disable-warning=ExperimentalWarning',
        path.join(ROOT, 'lib/commands/predict.ts'),
        ...files,
        ...['--classifier', 'shapes', '--format', 'json'],
      ],
      {
        env: { ...process.env, DATA_DIR: path.join(folder, 'data'), PRECISION: 'float32' },
        encoding: 'utf8',
      },
    )

    const rows = (output: string) =>
      output
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as Prediction)
    const [own, ofPython, ofServing] = [rows(darkroom.stdout), rows(python), rows(serving)]
    for (const others of [ofPython, ofServing]) {
      expect([own.length, others.length]).toEqual([IMAGES, IMAGES])
      const differences = own.flatMap(({ probabilities }, i) =>
        Object.entries(probabilities).map(([name, value]) =>
          Math.abs(value - others[i]!.probabilities[name]!),
        ),
      )
      expect(Math.max(...differences)).toBeLessThan(TOLERANCE)
    }
    expect(ofServing.map(({ decision }) => decision)).toEqual(own.map(({ decision }) => decision))
  },
  120_000,
)
