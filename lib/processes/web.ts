/**
 * A web process. It forks its first inference child before it imports its own modules: both take about as
 * long.
 */
import { forkInference, inferenceSettings } from './fork-inference.ts'
import { collectGarbage } from '#lib/operations/garbage-collection.ts'
import { readStart } from './settings.ts'

collectGarbage()
const start = readStart()
const early = [
  forkInference(
    inferenceSettings(start.settings),
    (line) => void process.stderr.write(`inference: ${line}\n`),
  ),
]

const { runWeb } = await import('./run-web.ts')
await runWeb(start, early)
