/**
 * The worker: executes queued jobs, one training run at a time, and leaves unfinished ones to the next
 * worker. It answers no request.
 */
import { leaveSignalsToParent } from '#lib/children/run-child.ts'
import type { ManagedMessage, ManagedCommand } from '#lib/contracts/ipc.ts'
import { composeWorker } from './jobs/compose-worker.ts'
import { collectGarbage } from '#lib/operations/garbage-collection.ts'
import { endWhenUncaught } from '#lib/children/last-resort.ts'
import { giveWayToClients } from './forks/low-priority.ts'
import { placeFromArguments } from './start/process-layout.ts'
import { openLogOf } from './process-log.ts'
import { readStart } from './settings.ts'

/** For its parent: it can still do something. */
const ALIVE_EVERY_MS = 1_000

giveWayToClients()
collectGarbage()
const start = readStart()
const log = openLogOf(start, 'worker')
const composing = composeWorker(start, placeFromArguments(process.argv.slice(2)), log)
let ending: Promise<void> | undefined
/** The current job returns to the queue, and its lease is released. */
const givenBack = () => (ending ??= composing.then((composed) => composed.end()))
const end = () => givenBack().then(() => process.exit(0))
endWhenUncaught({ report: (message, about) => log('error', message, about), end: givenBack })

const worker = await composing
process.on('message', (message: ManagedCommand) => {
  if (message.kind === 'stop') void end()
})
process.on('SIGTERM', () => void end())
leaveSignalsToParent()
process.on('disconnect', () => void end())
process.send?.({ kind: 'ready', remarks: [] } satisfies ManagedMessage)
const alive = (): ManagedMessage => ({ kind: 'alive', jobsSilentMs: worker.jobsSilentMs() })
setInterval(() => process.connected && process.send?.(alive()), ALIVE_EVERY_MS).unref()

await worker.ended
