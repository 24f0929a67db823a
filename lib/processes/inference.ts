/**
 * One inference child, for jobs and commands: takes encoded images, returns logits. It knows no HTTP and no
 * database; ends with its parent.
 */
import { getPriority, setPriority } from 'node:os'
import { runChild } from '#lib/children/run-child.ts'
import type { InferenceMessage, InferenceCommand } from '#lib/contracts/ipc.ts'
import { PRECISIONS } from '#lib/contracts/precision.ts'
import { ENGINES } from '#lib/domain/classifier.ts'
import { openEngine } from '#lib/engines/open-engine.ts'
import { answerInference } from '#lib/inference/answer-inference.ts'
import { loadedModels } from '#lib/inference/loaded-models.ts'
import { collectGarbage } from '#lib/operations/garbage-collection.ts'
import { endWhenUncaught, reportOnStderr } from '#lib/children/last-resort.ts'

/** More than its parent has: predictions of clients go first. */
const NICE = 5
/** For prediction jobs: about a tenth of a core while predictions need all. */
const BACKGROUND_NICE = 15

endWhenUncaught({ report: reportOnStderr })
collectGarbage()
await runChild<InferenceCommand, InferenceMessage>(async (say) => {
  const requested = ENGINES.find((name) => name === process.argv[2]) ?? 'auto'
  const engine = await openEngine(requested, 'inference', { threads: 1 })
  const precision = PRECISIONS.find((name) => name === process.argv[3]) ?? 'auto'
  const nice = process.argv[4] === 'background' ? BACKGROUND_NICE : NICE
  setPriority(Math.min(19, getPriority() + nice)) // does not slow the start
  return {
    ready: { engine: engine.name },
    hear: answerInference(loadedModels(engine, precision), {
      say,
      failed: (error) => reportOnStderr('A version could not be unloaded', { error }),
    }),
  }
})
