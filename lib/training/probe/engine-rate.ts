/** How fast an engine trains: steps of the recipe `scratch-small` on numbers that stand for images, for about a second.
 *  It opens no engine. */
import { initialWeights } from '#lib/ml/network/initial-weights.ts'
import { scratchSmall } from '#lib/ml/recipes/scratch-small.ts'
import type { RunPorts } from '../run/ports.ts'

const SECONDS = 1
const WARM_UP_STEPS = 2
const BATCH = 64
const INPUT = { size: 32, channels: 3 } as const
const CLASSES = 10
const LEARNING_RATE = 1e-3

/** @param clock in seconds
 *  @returns images per second */
export async function engineRate({ engine, clock }: Pick<RunPorts, 'engine' | 'clock'>): Promise<number> {
  const network = scratchSmall.network(INPUT, CLASSES)
  const { optimiser, precision } = scratchSmall.settings
  const weights = initialWeights(network, 1)
  await using learner = await engine.learner({ network, weights, batch: BATCH, optimiser, precision })
  const batch = {
    count: BATCH,
    pixels: Float32Array.from({ length: BATCH * INPUT.size ** 2 * INPUT.channels }, (_, i) => Math.sin(i)),
    targets: Float32Array.from({ length: BATCH * CLASSES }, (_, i) =>
      i % CLASSES === Math.floor(i / CLASSES) % CLASSES ? 1 : 0,
    ),
  }
  for (let step = 0; step < WARM_UP_STEPS; step++) await learner.learn(batch, LEARNING_RATE)
  const startedAt = clock()
  let images = 0
  do {
    await learner.learn(batch, LEARNING_RATE)
    images += BATCH
  } while (clock() - startedAt < SECONDS)
  return images / (clock() - startedAt)
}
