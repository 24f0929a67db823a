/**
 * A process that accepts connections, computes predictions and answers them. It opens its engine before it imports
 * most of its own modules: both take about as long.
 */
import { collectGarbage } from '#lib/operations/garbage-collection.ts'
import { openOwnEngine } from './answering/own-engine.ts'
import { placeFromArguments } from './start/process-layout.ts'
import { readStart } from './settings.ts'

collectGarbage()
const start = readStart()
const opening = openOwnEngine(start.settings)
opening.catch(() => {}) // lib/serving/own-engine.ts gets this error

const { runAnswering } = await import('./answering/run-answering.ts')
await runAnswering(start, { kind: 'predict', place: placeFromArguments(process.argv.slice(2)), opening })
