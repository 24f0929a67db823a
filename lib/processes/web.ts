/**
 * A process that shows pages and answers every route that needs no prediction: behind the processes that accept
 * connections, or instead of them (process-layout.ts).
 */
import { collectGarbage } from '#lib/operations/garbage-collection.ts'
import { placeFromArguments } from './process-layout.ts'
import { runAnswering } from './run-answering.ts'
import { readStart } from './settings.ts'

collectGarbage()
await runAnswering(readStart(), { kind: 'web', place: placeFromArguments(process.argv.slice(2)) })
