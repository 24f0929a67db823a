/** A web process. Its inference children are forked before its own modules are read: both take about as long. */
import { childrenWanted, forkInference } from './fork-inference.ts'
import { readStart } from './settings.ts'

const start = readStart()
const early = Array.from({ length: childrenWanted(start.settings) }, () => forkInference(start.settings.INFERENCE_ENGINE, (line) => void process.stderr.write(`inference: ${line}\n`)))

const { runWeb } = await import('./run-web.ts')
await runWeb(start, early)
