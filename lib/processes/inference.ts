/** One inference child: encoded images in, logits out, or the places on which a prediction depends. Knows no HTTP and
 *  no database; ends with its parent. */
import { setPriority } from 'node:os'
import { runChild } from '#lib/children/run-child.ts'
import type { InferenceMessage, InferenceCommand } from '#lib/contracts/ipc.ts'
import { ENGINES } from '#lib/domain/classifier.ts'
import { openEngine } from '#lib/engines/open-engine.ts'
import { answerInference } from '#lib/inference/answer-inference.ts'
import { loadedModels } from '#lib/inference/loaded-models.ts'
import { giveBackGarbage } from './memory-gc.ts'
import { endWhenUncaught, tellOnStderr } from './last-resort.ts'

/** Web goes first: it hands out the work and refuses what is too much. Decoding (7) and training (10) come after. */
const NICE = 5

endWhenUncaught({ tell: tellOnStderr })
giveBackGarbage()
await runChild<InferenceCommand, InferenceMessage>(async (say) => {
  const required = ENGINES.find((name) => name === process.argv[2]) ?? 'auto'
  const engine = await openEngine(required, 'inference', { threads: 1 })
  setPriority(NICE) // a start is not slowed
  return {
    ready: { engine: engine.name },
    hear: answerInference(loadedModels(engine), {
      say,
      failed: (error) => tellOnStderr('A version could not be unloaded', { error }),
    }),
  }
})
