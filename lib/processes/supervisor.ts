/**
 * The supervisor: has the data prepared, starts the other processes, restarts them when they end, adds up their
 * figures, and ends them in order. It answers no request and executes no job.
 */
import { writeSync } from 'node:fs'
import { endWhenUncaught } from '#lib/children/last-resort.ts'
import { messageOf } from '#lib/domain/errors.ts'
import { allowCollecting, collectGarbage } from '#lib/operations/garbage-collection.ts'
import { rotateLogs } from '#lib/operations/log.ts'
import { startAnnouncement } from '#lib/operations/start-announcement.ts'
import { superviseFamily } from './start/child-processes.ts'
import { openLogOf } from './process-log.ts'
import { prepared } from './start/run-prepare.ts'
import { restoreRemarks, useData } from './start/restored-data.ts'
import { readStart } from './settings.ts'

const tell = (text: string) => writeSync(1, `${text}\n`)
const closed = () => family.end().then(() => inUse?.release())
const startedAt = performance.now()
const start = readStart()
allowCollecting()
collectGarbage()
rotateLogs(start.places.dataDir)
const log = openLogOf(start, 'supervisor')
const inUse = useData(start)
const preparing = prepared((line) => void process.stderr.write(`${line}\n`))
const family = superviseFamily(start, {
  prepared: preparing,
  log,
  ready: (port, remarks) => void announce(port, remarks),
  cannot: (reason) => end(reason, 1),
})
endWhenUncaught({ report: (message, about) => log('error', message, about), end: closed })
preparing.catch((error: unknown) => {
  log('error', 'The data could not be prepared', { error })
  end(`Darkroom cannot start: ${messageOf(error)}`, 1)
})
let isEnding = false
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const)
  process.on(signal, () => end('Darkroom is shutting down; requests in progress are completed first.', 0))

async function announce(port: number, webRemarks: readonly string[]): Promise<void> {
  const data = await preparing.catch(() => null) // a failure is reported above
  if (data === null) return
  const remarks = [...start.warnings, ...data.remarks, ...webRemarks, ...restoreRemarks(start)]
  const seconds = (performance.now() - startedAt) / 1000
  tell(startAnnouncement({ settings: start.settings, port, seconds, remarks, setupToken: data.setupToken }))
  process.send?.({ kind: 'ready' })
}

function end(words: string, exitCode: number): void {
  if (isEnding) return
  isEnding = true
  tell(words)
  const failed = (error: unknown) => log('error', 'Some processes could not be stopped cleanly', { error })
  void closed()
    .catch(failed)
    .finally(() => process.exit(exitCode))
}
