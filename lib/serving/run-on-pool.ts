/** A batch of predictions on the pool: what is asked of it, and what it answers. */
import type { InferredImage, PreparedImage } from '#lib/contracts/ipc.ts'
import type { EngineName } from '#lib/domain/classifier.ts'
import type { Pool } from './pool-parts.ts'
import type { ServingVersion } from './model-registry.ts'

export type Ask = {
  readonly served: ServingVersion
  readonly image: Uint8Array | PreparedImage
  readonly isBulk: boolean
}
export type PoolResult = {
  readonly output: InferredImage
  readonly inferenceMs: number
  readonly engine: EngineName | null
}

/** What the batcher runs: pictures of one version, on one child. */
export const runOn =
  (pool: Pick<Pool, 'infer'>, maxPixels: number) =>
  async (asks: readonly Ask[]): Promise<PoolResult[]> => {
    const { images, inferenceMs, engine } = await pool.infer(
      asks[0]!.served.ref,
      asks.map((ask) => ask.image),
      { maxPixels, wantsFeatures: false },
    )
    return images.map((output) => ({ output, inferenceMs, engine }))
  }
