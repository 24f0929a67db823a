/** Next as a part of our own server: prepared once, then asked for everything that the door leaves. It knows no program; pages find
 *  theirs in the slot of lib/http/context. */
import next from 'next'
import type { Pages } from './web-server.ts'
import { ROOT } from './settings.ts'

export async function preparePages({ isDevelopment, host, port }: { isDevelopment: boolean; host: string; port: number }): Promise<Pages> {
  const app = next({ dev: isDevelopment, dir: ROOT, hostname: host, port })
  await app.prepare()
  return { handle: app.getRequestHandler(), upgrade: app.getUpgradeHandler() }
}
