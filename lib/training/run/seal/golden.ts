/** The golden images, by which a version is verified before it serves: synthetic, so that a bundle holds no
 *  user's image. They need not resemble a classifier's classes, only be the same on every machine. */
import type { GoldenOutputs, Preprocess } from '#lib/contracts/bundle.ts'
import { softmax } from '#lib/domain/evaluation/calibration.ts'
import type { RgbImage } from '#lib/domain/image.ts'
import { drawShape, SHAPES } from '#lib/domain/drawn-shapes.ts'
import { encodePng } from '#lib/images/write-png.ts'
import { normalise, preprocess, squareBytes } from '#lib/ml/preprocess/preprocess.ts'
import { createRandom } from '#lib/ml/random.ts'
import type { TrainingEngine } from '../ports.ts'

const TOLERANCE = 1e-3 // of a probability, between float32 engines
const SIDE = 40

export type GoldenImage = { readonly name: string; readonly image: RgbImage }

/** Sixteen images: twelve shapes, a ramp, waves, stripes and noise. */
export function goldenImages(): readonly GoldenImage[] {
  const shapes = [1, 2].flatMap((seed) =>
    SHAPES.map((shape) => ({ name: `${shape}-${seed}`, image: drawShape(shape, seed) })),
  )
  const random = createRandom(16)
  return [
    ...shapes,
    { name: 'ramp', image: painted((x, y) => [(x * 255) / SIDE, (y * 255) / SIDE, 128]) },
    {
      name: 'waves',
      image: painted((x, y) => [
        128 + 120 * Math.sin(x / 3),
        128 + 120 * Math.cos(y / 4),
        128 + 120 * Math.sin((x + y) / 5),
      ]),
    },
    { name: 'stripes', image: painted((x, y) => ((x + 2 * y) % 12 < 6 ? [230, 40, 60] : [20, 90, 200])) },
    { name: 'noise', image: painted(() => [random() * 255, random() * 255, random() * 255]) },
  ]
}

/** What a loaded version predicts for the golden images.
 *  @returns one row of logits for each, in their order */
export async function goldenLogits(
  engine: Pick<TrainingEngine, 'run'>,
  key: string,
  spec: Preprocess,
): Promise<Float32Array[]> {
  const images = goldenImages()
  const bytes = squareBytes(spec)
  const pixels = new Float32Array(images.length * bytes)
  images.forEach(({ image }, i) => normalise(preprocess(image, spec), spec, pixels, i * bytes))
  const { logits } = await engine.run(key, pixels, images.length)
  const classes = logits.length / images.length
  return images.map((_, i) => logits.slice(i * classes, (i + 1) * classes))
}

/** `logits`: one row for each golden image, in their order. Probabilities are at temperature 1. */
export function goldenOf(logits: readonly Float32Array[]): GoldenOutputs {
  const inputs = goldenImages().map(({ name, image }, i) => ({
    name,
    png: Buffer.from(encodePng(image)).toString('base64'),
    probabilities: softmax(logits[i]!),
  }))
  return { tolerance: TOLERANCE, inputs }
}

function painted(colour: (x: number, y: number) => readonly [number, number, number]): RgbImage {
  const data = new Uint8Array(SIDE * SIDE * 3)
  for (let y = 0; y < SIDE; y++)
    for (let x = 0; x < SIDE; x++)
      data.set(
        colour(x, y).map((v) => Math.max(0, Math.min(255, Math.round(v)))),
        (y * SIDE + x) * 3,
      )
  return { width: SIDE, height: SIDE, data }
}
