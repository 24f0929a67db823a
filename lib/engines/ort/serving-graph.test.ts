import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { expect, onTestFinished, test } from 'vitest'
import type { Preprocess } from '#lib/contracts/bundle.ts'
import { drawShape, SHAPES } from '#lib/domain/drawn-shapes.ts'
import type { RgbImage } from '#lib/domain/image.ts'
import { predictionAnswer } from '#lib/domain/prediction-answer.ts'
import type { Reference } from '#lib/ml/evaluate/familiarity.ts'
import { directions, distanceTo } from '#lib/ml/evaluate/feature-distance.ts'
import { thresholdsOf } from '#lib/ml/evaluate/reliability.ts'
import { readBundle, type Bundle } from '#lib/ml/formats/bundle.ts'
import { DECISION_CODES } from '#lib/ml/onnx/answer-output.ts'
import { createGraph } from '#lib/ml/onnx/graph.ts'
import { imageInput } from '#lib/ml/onnx/image-input.ts'
import { servingGraph, servingHindrance } from '#lib/ml/onnx/serving-graph.ts'
import { onnxBytes } from '#lib/ml/onnx/writer.ts'
import { normalise, prepare, squareBytes } from '#lib/ml/preprocess/preprocess.ts'
import { createRandom } from '#lib/ml/random.ts'
import { savedVit } from '#lib/training/pretrained/onnx/vit.fakes.ts'
import { openEngine } from '../open-engine.ts'

const MODELS = fileURLToPath(new URL('../../../models', import.meta.url))

const spec = (change: Partial<Preprocess> = {}): Preprocess => ({
  size: 24,
  channels: 3,
  fit: 'cover',
  background: [250, 10, 120],
  resize: 'lanczos3',
  mean: [0.485, 0.456, 0.406],
  std: [0.229, 0.224, 0.225],
  ...change,
})

/** Edges and noise, which show every difference of a kernel. */
function noisy(width: number, height: number, seed = 1): RgbImage {
  const random = createRandom(seed)
  const data = new Uint8Array(width * height * 3)
  for (let i = 0; i < data.length; i++) data[i] = (Math.floor(i / 9) % 2) * 200 + Math.floor(random() * 56)
  return { width, height, data }
}

async function preprocessed(image: RgbImage, how: Preprocess) {
  const g = createGraph('input')
  const images = g.input({ name: 'images', type: 'uint8', shape: ['batch', 'height', 'width', 3] })
  const { pixels, isBlank } = imageInput(g, images, how)
  g.output(pixels, { name: 'pixels', type: 'float32', shape: null })
  g.output(g.op('Cast', [isBlank], { attributes: { to: 7 } }), { name: 'blank', type: 'int64', shape: null })
  const session = await InferenceSession.create(onnxBytes(g.finish()))
  onTestFinished(() => session.release())
  const { pixels: out, blank } = await session.run({
    images: new Tensor('uint8', image.data, [1, image.height, image.width, 3]),
  })
  return { pixels: out!.data as Float32Array, isBlank: Number(blank!.data[0]) === 1 }
}

const plain = (width: number, height: number): RgbImage => ({
  width,
  height,
  data: new Uint8Array(width * height * 3).fill(93),
})

/** A drawn shape at another size. */
function drawn(width: number, height: number, seed: number): RgbImage {
  const { width: from, data } = drawShape(SHAPES[seed % SHAPES.length]!, seed)
  const out = new Uint8Array(width * height * 3)
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const pixel = (Math.floor((y * from) / height) * from + Math.floor((x * from) / width)) * 3
      out.set(data.subarray(pixel, pixel + 3), (y * width + x) * 3)
    }
  return { width, height, data: out }
}

test.each<[string, Partial<Preprocess>, [number, number]]>([
  ['of the size of the network', {}, [24, 24]],
  ['larger', {}, [70, 51]],
  ['smaller', {}, [11, 17]],
  ['much larger, whose blocks are averaged first', {}, [401, 263]],
  ['stretched', { fit: 'stretch' }, [90, 31]],
  ['stretched, with blocks on one side', { fit: 'stretch' }, [300, 31]],
  ['contained in a square', { fit: 'contain' }, [90, 31]],
  ['contained, upright and much larger', { fit: 'contain' }, [100, 403]],
  ['grey', { channels: 1, mean: [0.5], std: [0.25] }, [61, 40]],
  ['grey, contained', { channels: 1, mean: [0.5], std: [0.25], fit: 'contain' }, [61, 40]],
])('an image %s becomes the numbers of the server', async (_, change, [width, height]) => {
  const how = spec(change)
  const image = noisy(width, height)
  const expected = new Float32Array(squareBytes(how))
  normalise(prepare(image, how).square, how, expected)

  const { pixels } = await preprocessed(image, how)

  const differences = expected.map((value, i) => Math.abs(value - pixels[i]!))
  expect(pixels).toHaveLength(expected.length)
  expect(Math.max(...differences)).toBeLessThan(1e-6)
})

test.each<[string, Preprocess['fit'], RgbImage, boolean]>([
  ['one colour', 'cover', plain(60, 40), true],
  ['one colour, with padding around it', 'contain', plain(60, 20), true],
  ['noise', 'contain', noisy(60, 20), false],
])('an image of %s is blank where the server says so', async (_, fit, image, isBlank) => {
  const how = spec({ fit })

  expect((await preprocessed(image, how)).isBlank).toBe(isBlank)
  expect(prepare(image, how).problem === 'blank').toBe(isBlank)
})

/** What the server answers with float32, from the same pixels. */
async function answersOf(bundle: Bundle, images: readonly RgbImage[]) {
  const { preprocess: how, card, classes, reference } = bundle
  const pixels = new Float32Array(images.length * squareBytes(how))
  const squares = images.map((image) => prepare(image, how))
  squares.forEach(({ square }, i) => normalise(square, how, pixels, i * squareBytes(how)))
  await using engine = await openEngine('onnx', 'inference', { threads: 1 })
  await engine.load('version', bundle)
  const { logits, features } = await engine.run('version', pixels, images.length)
  return squares.map(({ problem }, i) => {
    const distance = reference && distanceOfRow(reference, features!, i)
    return predictionAnswer(
      { logits: logits.subarray(i * classes.length, (i + 1) * classes.length), distance, problem },
      { classes, temperature: card.calibration?.temperature ?? 1, thresholds: thresholdsOf(card) },
      { topK: 1, chance: () => 0.5 },
    )
  })
}

function distanceOfRow(
  { length, centre, vectors, ids, neighbour }: Reference,
  features: Float32Array,
  row: number,
) {
  const direction = directions(features.slice(row * length, (row + 1) * length), length, centre)
  const products = Float32Array.from(ids, (_, i) =>
    direction.reduce((sum, value, d) => sum + value * vectors[i * length + d]!, 0),
  )
  return distanceTo(products, neighbour)
}

async function run(bundle: Bundle, images: readonly RgbImage[]) {
  const { card } = bundle
  const graph = servingGraph({
    ...bundle,
    temperature: card.calibration?.temperature ?? 1,
    thresholds: thresholdsOf(card),
  })
  const session = await InferenceSession.create(onnxBytes(graph))
  onTestFinished(() => session.release())
  const [{ width, height }] = images as [RgbImage]
  const bytes = Buffer.concat(images.map(({ data }) => data))
  return session.run({ images: new Tensor('uint8', bytes, [images.length, height, width, 3]) })
}

const shipped = ['shapes/v1', 'cifar10/v1']
test.each(shipped)('%s as one graph answers as the server does with float32', async (version) => {
  const bundle = await readBundle(join(MODELS, version))
  const { size } = bundle.preprocess
  for (const images of [
    [noisy(size, size, 3), drawn(size, size, 1), drawn(size, size, 2), plain(size, size)],
    [drawn(size * 2 + 3, size + 40, 4), plain(size * 2 + 3, size + 40)],
  ]) {
    const expected = await answersOf(bundle, images)

    const answers = await run(bundle, images)

    const column = (name: string) => Array.from(answers[name]!.data as Float32Array | BigInt64Array, Number)
    const probabilities = column('probabilities')
    const expectedProbabilities = expected.flatMap((answer) => Object.values(answer.probabilities))
    expect(probabilities).toHaveLength(expectedProbabilities.length)
    probabilities.forEach((value, i) =>
      expect(Math.abs(value - expectedProbabilities[i]!)).toBeLessThan(1e-4),
    )
    expect(column('predicted_index')).toEqual(expected.map(({ predicted_index }) => predicted_index))
    expect(column('decision')).toEqual(
      expected.map(({ decision }) => (decision === null ? 0 : DECISION_CODES[decision])),
    )
    if (bundle.reference)
      column('distance').forEach((value, i) =>
        expect(value).toBeCloseTo(expected[i]!.familiarity!.distance, 3),
      )
  }
})

test('a version on an ONNX network of another program is one graph, too', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'darkroom-serving-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const bundle = await readBundle(await savedVit(folder))
  const images = [drawn(90, 70, 1), drawn(90, 70, 2)]

  const answers = await run(bundle, images)

  const expected = (await answersOf(bundle, images)).flatMap((answer) => Object.values(answer.probabilities))
  const probabilities = Array.from(answers['probabilities']!.data as Float32Array)
  probabilities.forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 4))
  expect(probabilities).toHaveLength(expected.length)
})

test('a version that reads digits has no such graph, and the reason is given', async () => {
  const bundle = await readBundle(join(MODELS, 'mnist/v1'))

  expect(servingHindrance(bundle)).toContain('reads digits')
})
