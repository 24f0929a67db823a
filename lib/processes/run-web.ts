/** The life of a web process: listen at once, put the program together when the data is prepared, answer
 *  predictions as soon as an engine can, show pages, end. */
import { endWhenUncaught } from '#lib/children/last-resort.ts'
import { leaveSignalsToParent } from '#lib/children/run-child.ts'
import type { ManagedCommand, ManagedMessage } from '#lib/contracts/ipc.ts'
import { open } from '#lib/http/context.ts'
import { countTraffic } from '#lib/operations/traffic.ts'
import { listenOnCommand } from '#lib/server/listen-on-command.ts'
import type { Pages } from '#lib/server/web-server.ts'
import { composeWeb, type Web } from './compose-web.ts'
import { composeWebServer } from './compose-web-server.ts'
import type { InferenceProcess } from './fork-inference.ts'
import { openLogOf } from './process-log.ts'
import type { Start } from './settings.ts'

/** `early`: inference children that were forked before this file was imported. */
export async function runWeb(start: Start, early: readonly InferenceProcess[]): Promise<void> {
  const { PORT: port, HOST: host } = start.settings
  const say = (message: ManagedMessage, then = () => {}) => process.send?.(message, then)
  const log = openLogOf(start, 'web')
  const traffic = countTraffic()
  const opened = Promise.withResolvers<void>()
  const prepared = Promise.withResolvers<void>()
  const pages = Promise.withResolvers<Pages>()
  pages.promise.catch((error: unknown) => log('error', 'The pages are not available', { error }))
  const server = composeWebServer(start, { log, traffic, open: opened.promise, pages: pages.promise })
  const listening = listenOnCommand({ server, address: { port, host }, say, failed: () => process.exit(1) })
  let web: Web | null = null
  let ending: Promise<void> | undefined
  const closed = () => (ending ??= server.drain().then(() => web?.[Symbol.asyncDispose]()))
  const end = () => closed().then(() => process.exit(0))
  endWhenUncaught({ report: (message, about) => log('error', message, about), end: closed })
  process.on('message', (message: ManagedCommand, socket?: object) => {
    if (message.kind === 'stop') void end()
    else if (message.kind === 'prepared') prepared.resolve()
    else if (message.kind === 'figures') web?.hear(message)
    else listening.hear(message, socket)
  })
  process.on('SIGTERM', () => void end())
  leaveSignalsToParent()
  process.on('disconnect', () => void end())

  if ((await listening.when) === 'now' && (await listening.listen()) === null) return
  await prepared.promise
  web = await composeWeb(start, { log, traffic, say, early })
  open(web.program)
  opened.resolve()
  const remarks = await web.begin()
  const boundPort = await listening.listen()
  if (boundPort === null) return
  say({ kind: 'ready', remarks })
  // After the engines: predictions need no pages, and both would compete for the same few cores.
  const { preparePages } = await import('./next-pages.ts')
  const settings = { isDevelopment: start.isDevelopment, host, port: boundPort }
  preparePages(settings).then(pages.resolve, pages.reject)
}
