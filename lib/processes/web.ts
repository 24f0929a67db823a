/** A web process. Its first inference child is forked before its own modules are read: both take about as long. */
import { forkInference } from './fork-inference.ts'
import { giveBackGarbage } from './memory-gc.ts'
import { readStart } from './settings.ts'

giveBackGarbage()
const start = readStart()
const early = [
  forkInference(start.settings.INFERENCE_ENGINE, (line) => void process.stderr.write(`inference: ${line}\n`)),
]

const { runWeb } = await import('./run-web.ts')
await runWeb(start, early)
