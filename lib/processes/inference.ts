/** One inference child: encoded images in, logits out, or the places on which a prediction depends. Knows no HTTP and
 *  no database; ends with its parent. */
import { runChild } from '#lib/children/run-child.ts'
import type { FromInference, ToInference } from '#lib/contracts/ipc.ts'
import { ENGINES } from '#lib/domain/classifier.ts'
import { openEngine } from '#lib/engines/open-engine.ts'
import { answerInference } from '#lib/inference/answer-inference.ts'
import { loadedModels } from '#lib/inference/loaded-models.ts'
import { giveBackGarbage } from './give-back.ts'
import { endWhenUncaught, tellOnStderr } from './last-resort.ts'

endWhenUncaught({ tell: tellOnStderr })
giveBackGarbage()
await runChild<ToInference, FromInference>(async (say) => {
  const wanted = ENGINES.find((name) => name === process.argv[2]) ?? 'auto'
  const engine = await openEngine(wanted, 'inference', { threads: 1 })
  return {
    ready: { engine: engine.name },
    hear: answerInference(loadedModels(engine), {
      say,
      failed: (error) => tellOnStderr('A version could not be unloaded', { error }),
    }),
  }
})
