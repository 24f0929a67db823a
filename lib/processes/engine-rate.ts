/**
 * Measures how fast one engine trains, in a process of its own, because the library of an engine stays in memory: sends
 * the number of images per second and ends.
 */
import type { EngineRateMessage } from '#lib/contracts/ipc.ts'
import { ENGINES } from '#lib/domain/classifier.ts'
import { openEngine } from '#lib/engines/open-engine.ts'
import { engineRate } from '#lib/training/probe/engine-rate.ts'

process.once('disconnect', () => process.exit(0)) // also when the training process was killed: no one waits for it
const name = ENGINES.find((one) => one === process.argv[2])
if (!name) throw new Error(`There is no engine "${process.argv[2]}".`)
await using engine = await openEngine(name, 'training')
const rate = await engineRate({ engine, clock: () => performance.now() / 1_000 })
process.send?.({ kind: 'rate', rate } satisfies EngineRateMessage, () => process.disconnect())
