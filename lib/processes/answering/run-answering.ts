/**
 * The life of a process that answers requests, of either kind: listen at once, put the program together when the
 * data is prepared, answer, end. Front processes open their engine and pass pages on; web processes show them.
 */
import { rmSync } from 'node:fs'
import { endWhenUncaught } from '#lib/children/last-resort.ts'
import { leaveSignalsToParent } from '#lib/children/run-child.ts'
import type { ManagedCommand, ManagedMessage } from '#lib/contracts/ipc.ts'
import { open } from '#lib/http/context.ts'
import { createMemoryGrant } from '#lib/images/memory-grant.ts'
import { countTraffic } from '#lib/operations/traffic.ts'
import { listenOnCommand } from '#lib/server/listen-on-command.ts'
import { createPageProxy } from '#lib/server/page-proxy.ts'
import type { Pages } from '#lib/server/web-server.ts'
import type { OpenedEngine } from '#lib/serving/own-engine.ts'
import { composeWeb, type Web } from '../compose/compose-web.ts'
import { composeFrontServer, composeServerBehind } from '../compose/compose-web-server.ts'
import { openCrashMemory } from './crash-memory.ts'
import { loadAhead } from './load-ahead.ts'
import { giveWayToClients } from '../forks/low-priority.ts'
import {
  layoutOf,
  socketOf,
  socketsIn,
  workRecordOf,
  type FrontKind,
  type ProcessPlace,
} from '../start/process-layout.ts'
import { openLogOf } from '../process-log.ts'
import type { Start } from '../settings.ts'

export type AnsweringParts = {
  readonly kind: FrontKind
  readonly place: ProcessPlace
  /** The engine, where it was opened before this file was imported. */
  readonly opening?: Promise<OpenedEngine>
}

export async function runAnswering(start: Start, { kind, place, opening }: AnsweringParts): Promise<void> {
  const { settings } = start
  const layout = layoutOf(settings)
  const isFront = layout.front.kind === kind
  const say = (message: ManagedMessage, then = () => {}) => process.send?.(message, then)
  const log = openLogOf(start, kind)
  const traffic = countTraffic()
  const opened = Promise.withResolvers<void>()
  const prepared = Promise.withResolvers<void>()
  const pages = Promise.withResolvers<Pages>()
  pages.promise.catch((error: unknown) => log('error', 'The pages are not available', { error }))
  if (kind === 'predict') pages.resolve(createPageProxy(socketsIn(place.folder, layout)))
  const server = (isFront ? composeFrontServer : composeServerBehind)(start, {
    kind,
    log,
    traffic,
    open: opened.promise,
    pages: pages.promise,
  })
  const address = { port: settings.PORT, host: settings.HOST }
  const listening = listenOnCommand({
    server,
    number: place.number,
    address,
    say,
    failed: () => process.exit(1),
  })
  const crashes = isFront ? openCrashMemory(workRecordOf(place)) : null
  const decodeMemory = createMemoryGrant((request) => void say({ kind: 'decode-memory', ...request }))
  const serving = isFront ? import('../compose/compose-serving.ts') : null // the others need none of its modules
  let web: Web | null = null
  let ending: Promise<void> | undefined
  const closed = () => (ending ??= server.drain().then(() => web?.[Symbol.asyncDispose]()))
  const end = () => closed().then(() => process.exit(0))
  endWhenUncaught({ report: (message, about) => log('error', message, about), end: closed })
  process.on('message', (message: ManagedCommand, socket?: object) => {
    switch (message.kind) {
      case 'stop':
        return void end()
      case 'prepared':
        return prepared.resolve()
      case 'figures':
        return web?.hear(message)
      case 'decode-memory':
        return decodeMemory.hear(message.id, message.bytes)
      case 'suspects':
        return crashes?.suspects.add(message.hashes)
      default:
        listening.hear(message, socket)
    }
  })
  process.on('SIGTERM', () => void end())
  leaveSignalsToParent()
  process.on('disconnect', () => void end())

  if (isFront) {
    if ((await listening.when) === 'now' && (await listening.listen()) === null) return
  } else {
    rmSync(socketOf(place), { force: true }) // of a process that was killed
    await server.listen(socketOf(place))
    openPages(settings.PORT) // takes about as long as it takes to prepare the data
  }
  if (crashes) say({ kind: 'suspects', hashes: crashes.suspects.all() })
  await prepared.promise
  let first = opening
  web = await composeWeb(start, {
    log,
    traffic,
    say,
    decodeMemory,
    place: kind === 'web' && place.number === 1 ? place : null,
    siblings: isFront ? layout.front.count : layout.behind,
    computing: crashes &&
      serving && {
        ...(await serving),
        crashes,
        async openEngine() {
          const engine = first
          first = undefined
          return engine ?? (await import('./own-engine.ts')).openOwnEngine(settings)
        },
      },
  })
  open(web.program)
  opened.resolve()
  const remarks = await web.begin()
  const port = isFront ? await listening.listen() : settings.PORT
  if (port === null) return
  if (!isFront) await pages.promise.catch(() => {}) // reported above
  if (isFront) giveWayToClients() // not earlier, so that the start is not slowed down
  say({ kind: 'ready', remarks })
  if (kind === 'web' && isFront) openPages(port) // after the engine: predictions need no pages
  if (kind === 'web')
    loadAhead().catch((error: unknown) => log('error', 'Modules could not be loaded ahead', { error }))

  function openPages(ownPort: number): void {
    import('./next-pages.ts')
      .then(({ preparePages }) =>
        preparePages({ isDevelopment: start.isDevelopment, host: settings.HOST, port: ownPort }),
      )
      .then(pages.resolve, pages.reject)
  }
}
