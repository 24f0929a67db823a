/** What a loaded version predicts for the golden images. */
import type { Preprocess } from '#lib/contracts/bundle.ts'
import { normalise, preprocess, squareBytes } from '#lib/ml/preprocess/preprocess.ts'
import type { TrainingEngine } from '../ports.ts'
import { goldenImages } from './golden.ts'

/** @returns one row of logits for each golden image, in their order */
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
