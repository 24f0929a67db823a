import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { shippedClassifier } from '#lib/contracts/bundle.ts'
import type { RgbImage } from '#lib/domain/image.ts'
import { drawShape, SHAPES } from '#lib/domain/drawn-shapes.ts'
import type { Engine } from '#lib/engines/engine.ts'
import { openEngine } from '#lib/engines/open-engine.ts'
import { goldenFailure, readBundle, type Bundle } from '#lib/ml/formats/bundle.ts'
import { normalise, preprocess, squareBytes } from '#lib/ml/preprocess/preprocess.ts'
import { goldenImages } from '../run/seal/golden.ts'
import { SHIPPED } from './shipped.ts'

const MODELS = fileURLToPath(new URL('../../../models', import.meta.url))
const MOST_BYTES = 40 * 1024 ** 2 // everything that ships, in a clone
// a training run may be creating another
const names = readdirSync(MODELS).filter((name) => existsSync(join(MODELS, name, 'classifier.json')))

let engine: Engine
const bundles = new Map<string, Bundle>()
beforeAll(async () => {
  engine = await openEngine('auto', 'inference')
  for (const name of names) {
    const { champion } = shippedClassifier.parse(
      JSON.parse(readFileSync(join(MODELS, name, 'classifier.json'), 'utf8')),
    )
    const bundle = await readBundle(join(MODELS, name, champion))
    bundles.set(name, bundle)
    await engine.load(name, bundle)
  }
})
afterAll(() => engine[Symbol.asyncDispose]())

async function logitsOf(name: string, images: readonly RgbImage[]): Promise<Float32Array[]> {
  const { preprocess: spec, classes } = bundles.get(name)!
  const bytes = squareBytes(spec)
  const pixels = new Float32Array(bytes * images.length)
  images.forEach((image, i) => normalise(preprocess(image, spec), spec, pixels, i * bytes))
  const { logits } = await engine.run(name, pixels, images.length)
  return images.map((_, i) => logits.slice(i * classes.length, (i + 1) * classes.length))
}
const answersOf = async (name: string, images: readonly RgbImage[]) =>
  (await logitsOf(name, images)).map((row) => bundles.get(name)!.classes[row.indexOf(Math.max(...row))])

test('the shipped classifiers are those of the table, and take no more than 40 MiB', () => {
  const files = readdirSync(MODELS, { recursive: true, encoding: 'utf8' }).map((name) =>
    statSync(join(MODELS, name)),
  )

  expect(names.every((name) => SHIPPED[name])).toBe(true)
  expect(names).toEqual(expect.arrayContaining(['mnist', 'shapes']))
  expect(files.filter((file) => file.isFile()).reduce((sum, file) => sum + file.size, 0)).toBeLessThan(
    MOST_BYTES,
  )
})

test.each(names)('%s reproduces its golden outputs on this engine', async (name) => {
  const { golden } = bundles.get(name)!

  expect(
    goldenFailure(
      golden,
      await logitsOf(
        name,
        goldenImages().map(({ image }) => image),
      ),
    ),
  ).toBeNull()
})

test.each(names)(
  'the card of %s states how many predictions are confident and how many of these are wrong',
  (name) => {
    const { decision, thresholds_from: from } = bundles.get(name)!.card

    expect(decision?.threshold).toBeGreaterThan(0)
    expect(decision?.share_answered).toBeGreaterThan(0)
    expect(decision?.error_among_answered).toBeLessThanOrEqual(decision!.target_error)
    expect(from).toBe('test_folds') // each image judged by thresholds that were set without it
  },
)

test('nine of ten newly drawn shapes are classified correctly', async () => {
  const drawn = SHAPES.flatMap((shape) =>
    Array.from({ length: 25 }, (_, i) => ({ shape, image: drawShape(shape, 5_000_000 + i) })),
  )

  const answers = await answersOf(
    'shapes',
    drawn.map(({ image }) => image),
  )

  expect(answers.filter((answer, i) => answer === drawn[i]!.shape).length).toBeGreaterThan(0.9 * drawn.length)
})

/** Pen strokes 22 pixels wide on a canvas of 280, as a drawing pad produces them. */
function written(
  strokes: readonly (readonly [number, number])[],
  colours: { ink: number; paper: number },
): RgbImage {
  const data = new Uint8Array(280 * 280 * 3).fill(colours.paper)
  for (let at = 1; at < strokes.length; at++) {
    const [[x0, y0], [x1, y1]] = [strokes[at - 1]!, strokes[at]!]
    for (let t = 0; t <= 1; t += 0.005) {
      const [cx, cy] = [x0 + (x1 - x0) * t, y0 + (y1 - y0) * t]
      for (let y = Math.floor(cy - 11); y <= cy + 11; y++)
        for (let x = Math.floor(cx - 11); x <= cx + 11; x++)
          if ((x - cx) ** 2 + (y - cy) ** 2 <= 121)
            data.fill(colours.ink, (y * 280 + x) * 3, (y * 280 + x) * 3 + 3)
    }
  }
  return { width: 280, height: 280, data }
}
const around = (cx: number, cy: number, rx: number, ry: number, from = 0, to = 360) =>
  Array.from(
    { length: 60 },
    (_, i) =>
      [
        cx + rx * Math.sin(((from + ((to - from) * i) / 59) * Math.PI) / 180),
        cy - ry * Math.cos(((from + ((to - from) * i) / 59) * Math.PI) / 180),
      ] as const,
  )
const DIGITS: readonly (readonly [string, readonly (readonly [number, number])[]])[] = [
  ['0', around(140, 140, 60, 90)],
  [
    '1',
    [
      [145, 50],
      [135, 230],
    ],
  ],
  ['2', [...around(140, 100, 50, 50, -80, 120), [90, 225], [195, 225]]],
  ['3', [...around(135, 95, 45, 42, -60, 180), ...around(135, 185, 52, 48, 0, 240)]],
  [
    '7',
    [
      [85, 65],
      [195, 65],
      [125, 230],
    ],
  ],
]

test.each([
  ['white on black', { ink: 255, paper: 0 }],
  ['black on white', { ink: 0, paper: 255 }],
])('digits written %s on a drawing pad are recognised', async (_, colours) => {
  expect(
    await answersOf(
      'mnist',
      DIGITS.map(([, strokes]) => written(strokes, colours)),
    ),
  ).toEqual(DIGITS.map(([digit]) => digit))
})
