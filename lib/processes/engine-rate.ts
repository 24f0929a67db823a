/**
 * Measures how fast one engine trains, in a process of its own, because the library of an engine stays in memory: sends
 * the number of images per second and ends.
 */
import { ENGINES } from '#lib/domain/classifier.ts'
import type { EngineRateMessage } from '#lib/contracts/ipc.ts'
import { openEngine } from '#lib/engines/open-engine.ts'
import { initialWeights } from '#lib/ml/network/initial-weights.ts'
import { scratchSmall } from '#lib/ml/recipes/scratch-small.ts'

const SECONDS = 1
const WARM_UP_STEPS = 2
const BATCH = 64
const INPUT = { size: 32, channels: 3 } as const
const CLASSES = 10

const name = ENGINES.find((one) => one === process.argv[2])
if (!name) throw new Error(`There is no engine "${process.argv[2]}".`)
const network = scratchSmall.network(INPUT, CLASSES)
await using engine = await openEngine(name, 'training')
const { optimiser, precision } = scratchSmall.settings
await using learner = await engine.learner({
  network,
  weights: initialWeights(network, 1),
  batch: BATCH,
  optimiser,
  precision,
})
const batch = {
  count: BATCH,
  pixels: Float32Array.from({ length: BATCH * INPUT.size ** 2 * INPUT.channels }, (_, i) => Math.sin(i)),
  targets: Float32Array.from({ length: BATCH * CLASSES }, (_, i) =>
    i % CLASSES === Math.floor(i / CLASSES) % CLASSES ? 1 : 0,
  ),
}
for (let step = 0; step < WARM_UP_STEPS; step++) await learner.learn(batch, 1e-3)
const startedAt = performance.now()
let images = 0
do {
  await learner.learn(batch, 1e-3)
  images += BATCH
} while (performance.now() - startedAt < SECONDS * 1_000)
const rate = images / ((performance.now() - startedAt) / 1_000)
process.send?.({ kind: 'rate', rate } satisfies EngineRateMessage, () => process.disconnect())
