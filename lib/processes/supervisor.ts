/**
 * The supervisor: has the data prepared, starts web and worker, restarts them when they die, adds up their
 * figures, and ends them in order. It answers no request and executes no job.
 */
import { writeSync } from 'node:fs'
import { messageOf } from '#lib/domain/errors.ts'
import { putFullLogAside } from '#lib/operations/log.ts'
import { superviseFamily } from './child-processes.ts'
import { allowCollecting, collectGarbage } from './memory-gc.ts'
import { endWhenUncaught } from './last-resort.ts'
import { openLogOf } from './process-log.ts'
import { decodeBudgetBytes, isSmall } from './memory.ts'
import { prepared, type PreparedData } from './run-prepare.ts'
import { restoreRemarks, useData } from './restored-data.ts'
import { readStart, type Start } from './settings.ts'

/** A busy log grows by some megabytes a minute. */
const LOG_LOOK_MS = 60_000

const tell = (line: string) => writeSync(1, `${line}\n`)

const began = performance.now()
const start = readStart()
if (isSmall(start.settings)) allowCollecting()
collectGarbage()
putFullLogAside(start.places.dataDir, new Date())
setInterval(() => putFullLogAside(start.places.dataDir, new Date()), LOG_LOOK_MS).unref()
const log = openLogOf(start, 'supervisor')
const inUse = useData(start)

const preparing = prepared((line) => void process.stderr.write(`${line}\n`))
const family = superviseFamily(start, {
  prepared: preparing,
  log,
  ready: (port, webRemarks) => {
    preparing.then(
      (made) => announce(port, webRemarks, made),
      () => undefined, // reported below
    )
  },
  cannot: (reason) => end(reason, 1),
})
endWhenUncaught({ report: (message, about) => log('error', message, about), end: closed })
preparing.catch((error: unknown) => {
  log('error', 'The data could not be prepared', { error })
  end(`Darkroom cannot start: ${messageOf(error)}`, 1)
})

/** Once, in one write: a program that waits for the line "ready" receives the setup link too. */
function announce(port: number, webRemarks: readonly string[], { setupToken, remarks }: PreparedData): void {
  const address = addressFor(start.settings, port)
  const isWorker = start.settings.ROLE === 'worker'
  const ready = isWorker ? "Darkroom's worker is ready" : `Darkroom is ready at ${address}`
  const decodeMb = Math.floor(decodeBudgetBytes(start.settings) / 1024 ** 2)
  const lines = [
    ...start.warnings,
    ...remarks,
    ...webRemarks,
    ...restoreRemarks(start),
    `${ready} (${((performance.now() - began) / 1000).toFixed(1)} s)`,
    ...(isWorker
      ? []
      : [`Image decoding uses at most ${decodeMb} MB at a time; an image that needs more is refused.`]),
    ...(setupToken === null
      ? []
      : [`No administrator account exists yet. Create it at ${address}/setup?token=${setupToken}`]),
  ]
  tell(lines.join('\n'))
  process.send?.({ kind: 'ready' })
}

let isEnding = false
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const)
  process.on(signal, () => end('Darkroom is shutting down; requests in progress are completed first.', 0))

function end(words: string, exitCode: number): void {
  if (isEnding) return
  isEnding = true
  tell(words)
  const leave = (): never => process.exit(exitCode)
  closed().then(leave, (error: unknown) => {
    log('error', 'Some processes could not be stopped cleanly', { error })
    leave()
  })
}

async function closed(): Promise<void> {
  await family.end()
  inUse?.release()
}

/** The address for people. A worker does not listen: it can only print the web processes' address. */
function addressFor({ HOST, NEXTAUTH_URL, ROLE }: Start['settings'], port: number): string {
  if (NEXTAUTH_URL !== undefined) return NEXTAUTH_URL
  if (ROLE === 'worker') return 'http://<address of this machine>'
  const host = HOST === '0.0.0.0' ? 'localhost' : HOST
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`
}
