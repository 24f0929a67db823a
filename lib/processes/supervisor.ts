/** The supervisor: prepares the data, starts web and worker, starts them again when they die, adds up their figures, and ends them in order.
 *  It answers no request and does no job. */
import { writeSync } from 'node:fs'
import { openLog, putFullLogAside } from '#lib/operations/log.ts'
import { superviseFamily } from './family.ts'
import { prepared } from './prepared.ts'
import { readStart, type Start } from './settings.ts'

/** A busy log grows by some megabytes a minute. */
const LOG_LOOK_MS = 60_000

const tell = (line: string) => writeSync(1, `${line}\n`)

const began = performance.now()
const start = readStart()
putFullLogAside(start.places.dataDir, new Date())
setInterval(() => putFullLogAside(start.places.dataDir, new Date()), LOG_LOOK_MS).unref()
const log = openLog({ level: start.settings.LOG_LEVEL, dataDir: start.places.dataDir, name: 'supervisor' })

try {
  const { setupToken, remarks } = await prepared()
  for (const remark of remarks) tell(remark)
  const family = superviseFamily(start, {
    log,
    ready(port, webRemarks) {
      for (const remark of webRemarks) tell(remark)
      const address = addressFor(start.settings, port)
      tell(`${start.settings.ROLE === 'worker' ? "Darkroom's worker is ready" : `Darkroom is ready at ${address}`} (${((performance.now() - began) / 1000).toFixed(1)} s)`)
      if (setupToken !== null) tell(`Nobody is in charge yet. Make the first admin at ${address}/setup?token=${setupToken}`)
      process.send?.({ kind: 'ready' })
    },
    cannot(reason) {
      tell(reason)
      void family.end().finally(() => process.exit(1))
    },
  })
  let isEnding = false
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (isEnding) return
      isEnding = true
      tell('Darkroom is ending: what was begun is finished first.')
      void family.end().then(() => process.exit(0))
    })
  }
} catch (error) {
  log('error', 'Darkroom cannot start', { error })
  tell(`Darkroom cannot start: ${error instanceof Error ? error.message : String(error)}`)
  process.exitCode = 1
}

/** Where people find it. A worker listens nowhere: it can only say that the web processes' address is meant. */
function addressFor({ HOST, NEXTAUTH_URL, ROLE }: Start['settings'], port: number): string {
  if (NEXTAUTH_URL !== undefined) return NEXTAUTH_URL
  if (ROLE === 'worker') return 'http://<its address>'
  const host = HOST === '0.0.0.0' ? 'localhost' : HOST
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`
}
