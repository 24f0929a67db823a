/** The web server of a process, with the settings of this start. */
import { hostname } from 'node:os'
import type { Log } from '#lib/operations/log.ts'
import type { Traffic } from '#lib/operations/traffic.ts'
import { fastPath, fastPathWithoutHotPaths } from '#lib/server/fast-path.ts'
import { refusedAtOnce } from '#lib/server/overload.ts'
import { createGate } from '#lib/server/request-validation.ts'
import { createWebServer, type WebServer, type WebServerParts } from '#lib/server/web-server.ts'
import type { Start } from './settings.ts'

export const composeWebServer = (
  { settings, isDevelopment }: Start,
  {
    log,
    traffic,
    open,
    pages,
  }: Pick<WebServerParts, 'open' | 'pages'> & { readonly log: Log; readonly traffic: Traffic },
): WebServer =>
  createWebServer({
    open,
    pages,
    gate: createGate({
      allowed: [...settings.ALLOWED_HOSTS, settings.HOST],
      machine: hostname(),
      origin: settings.NEXTAUTH_URL ?? null,
    }),
    door: settings.DOOR === 'on' ? fastPath : fastPathWithoutHotPaths,
    shed: refusedAtOnce,
    trustsProxy: settings.TRUST_PROXY,
    isDevelopment,
    answered: traffic.request,
    failed: (error) => log('error', 'A request failed', { error }),
  })
