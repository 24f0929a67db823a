/** The HTTP server of a process, with the settings of this start. */
import { hostname } from 'node:os'
import type { Log } from '#lib/operations/log.ts'
import type { Traffic } from '#lib/operations/traffic.ts'
import {
  fastPath,
  fastPathAlone,
  fastPathBehind,
  fastPathWithoutHotPaths,
  type FastPath,
} from '#lib/server/fast-path.ts'
import { refusedAtOnce } from '#lib/server/overload.ts'
import { createGate } from '#lib/server/request-validation.ts'
import { createWebServer, type WebServer, type WebServerParts } from '#lib/server/web-server.ts'
import type { FrontKind } from '../start/process-layout.ts'
import type { Start } from '../settings.ts'

type ServerParts = Pick<WebServerParts, 'open' | 'pages'> & {
  readonly kind: FrontKind
  readonly log: Log
  readonly traffic: Traffic
}

/** For a process that accepts connections on PORT. */
export const composeFrontServer = (
  { settings, isDevelopment }: Start,
  { kind, log, traffic, open, pages }: ServerParts,
): WebServer =>
  createWebServer({
    open,
    pages,
    validate: createGate({
      allowed: [...settings.ALLOWED_HOSTS, settings.HOST],
      machine: hostname(),
      origin: settings.NEXTAUTH_URL ?? null,
    }),
    answerDirectly: directAnswers(settings.DOOR, kind),
    refuseOverload: refusedAtOnce,
    trustsProxy: settings.TRUST_PROXY,
    isDevelopment,
    answered: traffic.request,
    failed: (error) => log('error', 'A request failed', { error }),
  })

/** For a web process behind: what arrives has been checked and counted by the process that passed it on. */
export const composeServerBehind = (
  { settings, isDevelopment }: Start,
  { log, open, pages }: Omit<ServerParts, 'traffic'>,
): WebServer =>
  createWebServer({
    open,
    pages,
    validate: () => false,
    answerDirectly: settings.DOOR === 'on' ? fastPathBehind : () => false,
    refuseOverload: () => false,
    trustsProxy: true,
    isDevelopment,
    answered: () => {},
    failed: (error) => log('error', 'A request failed', { error }),
  })

function directAnswers(door: Start['settings']['DOOR'], kind: FrontKind): FastPath {
  if (door === 'off') return fastPathWithoutHotPaths
  return kind === 'web' ? fastPathAlone : fastPath
}
