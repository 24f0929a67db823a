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
  const rows: Float32Array[] = []
  for (const { image } of goldenImages()) {
    const pixels = new Float32Array(squareBytes(spec))
    normalise(preprocess(image, spec), spec, pixels)
    rows.push((await engine.run(key, pixels, 1)).logits)
  }
  return rows
}
