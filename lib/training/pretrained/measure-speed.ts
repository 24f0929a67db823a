/** How long a network takes for the features of one image, on this machine. */
import type { Preprocess } from '#lib/contracts/bundle.ts'
import type { Network, Weights } from '#lib/ml/network/network.ts'
import { squareBytes } from '#lib/ml/preprocess/preprocess.ts'
import type { TrainingEngine } from '../run/ports.ts'

const IMAGES = 8
const KEY = 'speed'

export async function millisecondsPerImage(
  engine: Pick<TrainingEngine, 'load' | 'run' | 'unload'>,
  model: { readonly network: Network; readonly weights: Weights },
  spec: Preprocess,
): Promise<number> {
  const pixels = new Float32Array(IMAGES * squareBytes(spec)).fill(0.5)
  await engine.load(KEY, model)
  try {
    await engine.run(KEY, pixels, IMAGES) // the first run allocates memory
    const startedAt = performance.now()
    await engine.run(KEY, pixels, IMAGES)
    return (performance.now() - startedAt) / IMAGES
  } finally {
    await engine.unload(KEY)
  }
}
