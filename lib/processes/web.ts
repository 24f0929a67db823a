/**
 * A process that shows pages and answers every route that needs no prediction: behind the processes that accept
 * connections, or instead of them (process-layout.ts).
 */
import { collectGarbage } from '#lib/operations/garbage-collection.ts'
import { giveWayToClients } from './forks/low-priority.ts'
import { layoutOf, placeFromArguments } from './start/process-layout.ts'
import { readStart } from './settings.ts'

collectGarbage()
const start = readStart()
// Behind others it starts at the same time as the first process that predicts, which goes first.
if (layoutOf(start.settings).front.kind !== 'web') giveWayToClients()

const { runAnswering } = await import('./answering/run-answering.ts')
await runAnswering(start, { kind: 'web', place: placeFromArguments(process.argv.slice(2)) })
