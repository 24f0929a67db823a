/** A web process: listens at once, puts the program together, answers through the door as soon as an engine can, and through Next. */
import type { FromManaged, ToManaged } from '#lib/contracts/ipc.ts'
import { open } from '#lib/http/context.ts'
import { door } from '#lib/http/door.ts'
import { openLog } from '#lib/operations/log.ts'
import { countTraffic } from '#lib/operations/traffic.ts'
import { composeWeb } from './compose-web.ts'
import { preparePages } from './next-pages.ts'
import { readStart } from './settings.ts'
import { createWebServer } from './web-server.ts'

const say = (message: FromManaged) => process.send?.(message, () => {})
const start = readStart()
const { settings } = start
const log = openLog({ level: settings.LOG_LEVEL, dataDir: start.places.dataDir, name: 'web' })
const traffic = countTraffic()
const opened = Promise.withResolvers<void>()
const pages = Promise.withResolvers<Awaited<ReturnType<typeof preparePages>>>()
pages.promise.catch((error: unknown) => log('error', 'The pages cannot be shown', { error }))

const server = createWebServer({
  open: opened.promise,
  pages: pages.promise,
  door: settings.DOOR === 'on' ? door : null,
  trustsProxy: settings.TRUST_PROXY,
  answered: traffic.request,
  failed: (error) => log('error', 'A request could not be answered', { error }),
})

try {
  const port = await server.listen(settings.PORT, settings.HOST)
  say({ kind: 'listening', port })
  const web = await composeWeb(start, { log, traffic, say })
  open(web.program)
  opened.resolve()
  let ending: Promise<void> | undefined
  const end = () => (ending ??= server.drain().then(() => web[Symbol.asyncDispose]()).then(() => process.exit(0)))
  process.on('message', (message: ToManaged) => (message.kind === 'stop' ? void end() : web.hear(message)))
  process.on('SIGTERM', () => void end())
  process.on('SIGINT', () => {}) // from a terminal it reaches the whole family; the supervisor says when
  process.on('disconnect', () => void end())
  const begun = web.begin()
  preparePages({ isDevelopment: start.isDevelopment, host: settings.HOST, port }).then(pages.resolve, pages.reject)
  say({ kind: 'started', remarks: await begun })
} catch (error) {
  const code = error instanceof Error && 'code' in error ? error.code : null
  if (code !== 'EADDRINUSE' && code !== 'EACCES' && code !== 'EADDRNOTAVAIL') throw error
  const why = code === 'EADDRINUSE' ? 'another program uses it' : code === 'EACCES' ? 'this user may not' : 'this machine has no such address'
  process.send?.({ kind: 'unable', reason: `Darkroom cannot listen on ${settings.HOST}:${settings.PORT}: ${why}. Set PORT (or HOST) to another one.` } satisfies FromManaged, () => process.exit(1))
}
