/**
 * The life of a web process: listen at once, compose the program when the data is prepared, serve the fast
 * path as soon as an engine is ready, then pages, then end.
 */
import { hostname } from 'node:os'
import { leaveSignalsToParent } from '#lib/children/run-child.ts'
import type { ManagedMessage, ManagedCommand } from '#lib/contracts/ipc.ts'
import { open } from '#lib/http/context.ts'
import { refusedAtOnce } from '#lib/server/overload.ts'
import { createGate } from '#lib/server/request-validation.ts'
import { fastPath, fastPathWithoutHotPaths } from '#lib/server/fast-path.ts'
import { countTraffic } from '#lib/operations/traffic.ts'
import { composeWeb, type Web } from './compose-web.ts'
import type { InferenceProcess } from './fork-inference.ts'
import { endWhenUncaught } from './last-resort.ts'
import { openLogOf } from './process-log.ts'
import type { Start } from './settings.ts'
import { createWebServer, type Pages } from '#lib/server/web-server.ts'

const CANNOT_LISTEN: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another program uses it',
  EACCES: 'the current user is not allowed to',
  EADDRNOTAVAIL: 'this machine does not have that address',
}

/** `early`: inference children that were forked before this file was imported. */
export async function runWeb(start: Start, early: readonly InferenceProcess[]): Promise<void> {
  const { settings } = start
  const say = (message: ManagedMessage, then = () => {}) => process.send?.(message, then)
  const log = openLogOf(start, 'web')
  const traffic = countTraffic()
  const opened = Promise.withResolvers<void>()
  const pages = Promise.withResolvers<Pages>()
  pages.promise.catch((error: unknown) => log('error', 'The pages are not available', { error }))
  const prepared = Promise.withResolvers<void>()
  const place = Promise.withResolvers<{ target: object; when: 'now' | 'ready' }>()
  const listening = Promise.withResolvers<void>()
  let web: Web | null = null
  let ending: Promise<void> | undefined
  const closed = () => (ending ??= server.drain().then(() => web?.[Symbol.asyncDispose]()))
  const end = () => closed().then(() => process.exit(0))
  endWhenUncaught({ report: (message, about) => log('error', message, about), end: closed })
  process.on('message', (message: ManagedCommand, socket?: object) => {
    switch (message.kind) {
      case 'stop':
        return void end()
      case 'listen':
        return place.resolve({
          target: socket ?? { port: settings.PORT, host: settings.HOST },
          when: message.when,
        })
      case 'accept':
        return socket && void listening.promise.then(() => server.acceptFrom(socket))
      case 'prepared':
        return prepared.resolve()
      case 'figures':
        return web?.hear(message)
    }
  })
  process.on('SIGTERM', () => void end())
  leaveSignalsToParent()
  process.on('disconnect', () => void end())

  const server = createWebServer({
    open: opened.promise,
    pages: pages.promise,
    gate: createGate({
      allowed: [...settings.ALLOWED_HOSTS, settings.HOST],
      machine: hostname(),
      origin: settings.NEXTAUTH_URL ?? null,
    }),
    door: settings.DOOR === 'on' ? fastPath : fastPathWithoutHotPaths,
    shed: refusedAtOnce,
    trustsProxy: settings.TRUST_PROXY,
    isDevelopment: start.isDevelopment,
    answered: traffic.request,
    failed: (error) => log('error', 'A request failed', { error }),
  })
  /** Null: it cannot listen, and the process ends. */
  async function listenOn(target: object): Promise<number | null> {
    try {
      const port = await server.listen(target)
      listening.resolve()
      say({ kind: 'listening', port })
      return port
    } catch (error) {
      const why = CANNOT_LISTEN[(error as NodeJS.ErrnoException).code ?? '']
      if (why === undefined) throw error
      const place = `${settings.HOST}:${settings.PORT}`
      const reason = `Darkroom cannot listen on ${place}: ${why}. Set PORT or HOST to another value.`
      say({ kind: 'unable', reason }, () => process.exit(1))
      return null
    }
  }

  const { target, when } = await place.promise
  let port = when === 'now' ? await listenOn(target) : null
  if (when === 'now' && port === null) return
  await prepared.promise
  web = await composeWeb(start, { log, traffic, say, early })
  open(web.program)
  opened.resolve()
  const remarks = await web.begin()
  port ??= await listenOn(target)
  if (port === null) return
  say({ kind: 'ready', remarks })
  // After the engines: predictions need no pages, and both would compete for the same few cores.
  const { preparePages } = await import('./next-pages.ts')
  preparePages({ isDevelopment: start.isDevelopment, host: settings.HOST, port }).then(
    pages.resolve,
    pages.reject,
  )
}
