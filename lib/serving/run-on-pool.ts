/** Runs a batch of predictions on what computes them (pool-parts.ts): the types of its inputs and outputs. */
import type { InferredImage, PreparedImage } from '#lib/contracts/ipc.ts'
import type { PredictionEngine } from '#lib/domain/classifier.ts'
import type { Inference } from './pool-parts.ts'
import type { ServingVersion } from './model-registry.ts'

export type InferenceItem = {
  readonly served: ServingVersion
  readonly image: Uint8Array | PreparedImage
  readonly isBulk: boolean
}
export type PoolResult = {
  readonly output: InferredImage
  readonly inferenceMs: number
  readonly engine: PredictionEngine | null
}

/** The function the batcher runs: images of one version. */
export const runOn =
  (pool: Pick<Inference, 'infer'>, maxPixels: number) =>
  async (items: readonly InferenceItem[]): Promise<PoolResult[]> => {
    const { images, inferenceMs, engine } = await pool.infer(
      items[0]!.served.ref,
      items.map((item) => item.image),
      { maxPixels, wantsFeatures: false },
    )
    return images.map((output) => ({ output, inferenceMs, engine }))
  }
